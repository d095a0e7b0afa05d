/** What a statement does, in two words: `SELECT products`. A name of few values, as metrics need it. */

/** Statements whose summary is kept. Their texts hold placeholders, so that a service has few of them. */
const KEPT = 1000

const kept = new Map<string, string>()

/** The operation and the first table of a statement (OpenTelemetry: `db.query.summary`). */
export const summaryOf = (sql: string): string => {
  const known = kept.get(sql)
  if (known !== undefined) return known
  // Lists of different lengths make different texts: rather begin again than keep them all.
  if (kept.size >= KEPT) kept.clear()
  const summary = summarise(sql)
  kept.set(sql, summary)
  return summary
}

const operations = new Set(
  "SELECT INSERT UPDATE DELETE MERGE COPY CALL DO BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE SET SHOW LOCK VALUES CREATE ALTER DROP TRUNCATE ANALYZE VACUUM REFRESH EXPLAIN LISTEN NOTIFY".split(
    " "
  )
)

const summarise = (sql: string): string => {
  const text = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\bEXTRACT\s*\(\s*\w+\s+FROM\b/gi, " ").trim()
  const first = /^\w+/.exec(text)?.[0].toUpperCase() ?? ""
  const writes = /\b(INSERT\s+INTO|UPDATE(?!\s+SET|\s+SKIP|\s+OF|\s*$)|DELETE\s+FROM|MERGE\s+INTO)\s/i
  const operation =
    first === "WITH" ? (writes.exec(text)?.[1]?.split(/\s/)[0]?.toUpperCase() ?? "SELECT") : first
  if (!operations.has(operation)) return "OTHER"
  const expressions = new Set([...text.matchAll(EXPRESSION)].map(([, name = ""]) => name.toLowerCase()))
  const table = [...text.matchAll(operation === "SELECT" ? READ : WRITTEN)]
    .map(([, name = ""]) => name.replaceAll('"', "").toLowerCase())
    .find((name) => !expressions.has(name) && !notTables.has(name))
  return table === undefined ? operation : `${operation} ${table}`
}

/** The name of a common table expression, with or without names for its columns. */
const EXPRESSION = /(\w+)\s*(?:\([\w\s,]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(/gi

/** Functions in FROM have an argument list; a table may have its schema before it. */
const READ = /\bFROM\s+(?:ONLY\s+)?("?[a-z_]\w*"?(?:\."?\w+"?)?)(?![\w.]*\s*\()/gi

const WRITTEN = /\b(?:INTO|UPDATE|DELETE\s+FROM|TABLE)\s+(?:ONLY\s+)?("?[a-z_]\w*"?(?:\."?\w+"?)?)/gi

/** What can stand after FROM, INTO or UPDATE and is no table. */
const notTables = new Set(["set", "select", "unnest", "generate_series", "lateral", "only", "if", "now"])
