/** The workspaces of this repository and what they import: the facts that the checks are about. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative, resolve } from "node:path"

export interface Workspace {
  /** Folder, relative to the root: `packages/connect`. */
  readonly folder: string
  /** Name in package.json: `@optica/connect`. */
  readonly name: string
  readonly kind: "package" | "service"
  /** Names in `dependencies` and `peerDependencies`. */
  readonly dependencies: ReadonlySet<string>
  /** Names in `devDependencies`. */
  readonly devDependencies: ReadonlySet<string>
}

export interface Import {
  /** File that imports, relative to the root. */
  readonly file: string
  readonly specifier: string
  /** Whether the file ships, or is a test, bench or fixture. */
  readonly ships: boolean
}

const importPattern =
  /^(?:import|export)\s+(?:[\w*{}\s,$]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm

/** All workspaces below `root`. */
export const workspaces = (root: string): ReadonlyArray<Workspace> =>
  (["packages", "services"] as const).flatMap((group) =>
    readdirSync(join(root, group)).map((folder): Workspace => {
      const manifest: {
        name: string
        dependencies?: Record<string, string>
        peerDependencies?: Record<string, string>
        devDependencies?: Record<string, string>
      } = JSON.parse(readFileSync(join(root, group, folder, "package.json"), "utf8"))
      return {
        folder: `${group}/${folder}`,
        name: manifest.name,
        kind: group === "packages" ? "package" : "service",
        dependencies: new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })),
        devDependencies: new Set(Object.keys(manifest.devDependencies ?? {}))
      }
    })
  )

/** Every import of every TypeScript file of a workspace. */
export const importsOf = (root: string, workspace: Workspace): ReadonlyArray<Import> => {
  const imports: Array<Import> = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder)) {
      if (["node_modules", "gen", "dist", "fixtures"].includes(entry)) continue
      const path = join(folder, entry)
      if (statSync(path).isDirectory()) visit(path)
      else if (entry.endsWith(".ts")) {
        const file = relative(root, path)
        for (const match of readFileSync(path, "utf8").matchAll(importPattern)) {
          const specifier = match[1] ?? match[2]
          if (specifier !== undefined) {
            imports.push({ file, specifier, ships: file.startsWith(`${workspace.folder}/src/`) })
          }
        }
      }
    }
  }
  visit(join(root, workspace.folder))
  return imports
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

/**
 * What breaks the rule that imports go one way: `services/* -> packages/* -> packages/contracts`; a service never
 * imports another service (only the composition root `services/standalone` does), a package never a service; nothing
 * reaches into another workspace by a relative path; what is imported is declared.
 */
export const wrongImports = (root: string): ReadonlyArray<string> => {
  const all = workspaces(root)
  const byName = new Map(all.map((workspace) => [workspace.name, workspace]))
  return all.flatMap((workspace) =>
    importsOf(root, workspace).flatMap(({ file, ships, specifier }) => {
      if (specifier.startsWith(".")) {
        const target = relative(root, resolve(root, file, "..", specifier))
        return target.startsWith(`${workspace.folder}/`)
          ? []
          : [`${file}: "${specifier}" reaches into another workspace; import it by its package name`]
      }
      if (specifier.startsWith("node:")) return []
      const name = packageOf(specifier)
      const target = byName.get(name)
      const errors: Array<string> = []
      if (target !== undefined && target !== workspace) {
        if (target.kind === "service" && workspace.kind === "package") {
          errors.push(`${file}: a package must not import the service ${name}`)
        }
        if (
          target.kind === "service" &&
          workspace.kind === "service" &&
          workspace.name !== "@optica/standalone"
        ) {
          errors.push(`${file}: a service must not import the service ${name}; call it over its contract`)
        }
        if (workspace.name === "@optica/contracts") {
          errors.push(`${file}: contracts stand at the bottom and import no other workspace`)
        }
      }
      const declared = workspace.dependencies.has(name) || (!ships && workspace.devDependencies.has(name))
      const inRoot = !ships && target === undefined
      if (target !== workspace && !declared && !inRoot) {
        errors.push(`${file}: ${name} is not declared in ${workspace.folder}/package.json`)
      }
      return errors
    })
  )
}

/** Cycles among the workspaces' dependencies, each as the names along it. */
export const dependencyCycles = (root: string): ReadonlyArray<ReadonlyArray<string>> => {
  const byName = new Map(workspaces(root).map((workspace) => [workspace.name, workspace]))
  const cycles: Array<ReadonlyArray<string>> = []
  const done = new Set<string>()
  const visit = (name: string, path: ReadonlyArray<string>): void => {
    const start = path.indexOf(name)
    if (start >= 0) {
      cycles.push([...path.slice(start), name])
      return
    }
    if (done.has(name)) return
    for (const dependency of byName.get(name)?.dependencies ?? []) {
      if (byName.has(dependency)) visit(dependency, [...path, name])
    }
    done.add(name)
  }
  for (const name of byName.keys()) visit(name, [])
  return cycles
}
