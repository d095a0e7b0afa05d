/** The script of the documentation page, taken from Effect's bundled copy: the one place that knows how it comes. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as Layer from "effect/Layer"

/**
 * Scalar's standalone script. Effect serves it only inlined in a page of its own, which no strict policy lets run, so the
 * page is made once, in memory, and the script is cut out of it.
 */
export const script: Effect.Effect<string> = Effect.promise(async () => {
  const page = HttpRouter.toWebHandler(
    HttpApiScalar.layer(HttpApi.make("any"), { path: "/" }).pipe(Layer.orDie),
    {
      disableLogger: true
    }
  )
  try {
    const html = await (await page.handler(new Request("http://localhost/"))).text()
    const start = html.indexOf("<script>") + "<script>".length
    return html.slice(start, html.indexOf("</script>", start))
  } finally {
    await page.dispose()
  }
})

/** Things that the documentation page may do. Styles need the page's nonce; nothing comes from other hosts. */
export const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")

/** The documentation page. */
export const page = (nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Optica API</title>
<link rel="icon" href="data:,">
</head>
<body>
<noscript>This page needs JavaScript. The same as a document: <a href="/openapi.json">/openapi.json</a></noscript>
<div id="reference"></div>
<script src="/docs/start.js" nonce="${nonce}"></script>
</body>
</html>
`

/**
 * Starts Scalar. The style elements that it makes get the page's nonce, without which the policy would ignore them. The
 * anchor of a heading is its own words (Scalar puts the name of the document before them, and before what an address names),
 * so that the types of problems lead there. What Scalar offers of its own (sharing, SDKs, its client) leads to other hosts
 * and is left out.
 */
export const start = `const { nonce } = document.currentScript
const create = Document.prototype.createElement
Document.prototype.createElement = function (name, options) {
  const element = create.call(this, name, options)
  if (String(name).toLowerCase() === "style") element.nonce = nonce
  return element
}
const script = document.createElement("script")
script.src = "/docs/scalar.js"
script.onload = () =>
  Scalar.createApiReference("#reference", {
    url: "/openapi.json",
    withDefaultFonts: false,
    telemetry: false,
    showDeveloperTools: "never",
    hideClientButton: true,
    slug: "optica",
    generateHeadingSlug: ({ slug }) => "optica/" + slug
  })
document.head.append(script)
`
