/** Drawings instead of photographs: every picture of the shop is an SVG made from its file name. */

const sizes = /-(\d{2,4})x(\d{2,4})$/

/** The drawing for `/wp-content/uploads/demo/<file>`: any name gives one. */
export const picture = (file: string): string => {
  const name = file.replace(/\.\w+$/, "")
  const size = sizes.exec(name)
  const [kind = "", ...words] = name.replace(sizes, "").split("-")
  const [width, height] = size === null ? [1200, 800] : [Number(size[1]), Number(size[2])]
  const hexes = words.filter((word) => /^[0-9a-f]{6}$/.test(word)).map((hex) => `#${hex}`)
  const view = words.at(-1) ?? "front"
  const drawing =
    kind === "frame" || kind === "sunglasses"
      ? glasses(
          words
            .slice(
              0,
              words.findIndex((word) => /^[0-9a-f]{6}$/.test(word))
            )
            .join("-"),
          hexes[0] ?? "#333333",
          hexes[1],
          view
        )
      : kind === "contact"
        ? contactLens(view)
        : kind === "lens"
          ? lensPair()
          : kind === "avatar"
            ? person()
            : box(view)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 800" width="${width}" height="${height}" role="img">` +
    `<rect width="1200" height="800" fill="#f4f1ec"/><ellipse cx="600" cy="640" rx="430" ry="26" fill="#e3ded5"/>${drawing}</svg>`
  )
}

/** Outline of one lens, centred on x, by the frame's shape. */
const rim = (shape: string, x: number): string => {
  switch (shape) {
    case "round":
      return `<circle cx="${x}" cy="400" r="150"/>`
    case "oval":
      return `<ellipse cx="${x}" cy="400" rx="175" ry="120"/>`
    case "rectangle":
      return `<rect x="${x - 180}" y="300" width="360" height="205" rx="40"/>`
    case "square":
      return `<rect x="${x - 165}" y="270" width="330" height="262" rx="48"/>`
    case "geometric":
      return `<path d="M${x - 80} 260h160l90 140-90 140h-160l-90-140z" stroke-linejoin="round"/>`
    case "cat-eye":
      return `<path d="M${x - 150} 300q160-70 330-40q-10 260-190 265q-170-5-140-225z" transform="${x < 600 ? `translate(${2 * x} 0) scale(-1 1)` : ""}"/>`
    case "browline":
      return `<path d="M${x - 175} 300h350v60q-10 170-175 170t-175-170z"/>`
    default:
      return `<path d="M${x - 170} 300q170-40 340 0q0 250-150 250q-190 0-190-250z" transform="${x < 600 ? "" : `translate(${2 * x} 0) scale(-1 1)`}"/>`
  }
}

const glasses = (shape: string, colour: string, tint: string | undefined, view: string): string => {
  const glass = tint === undefined ? "#dfeaf0" : tint
  const opacity = tint === undefined ? "0.45" : "0.82"
  if (view === "side") {
    return (
      `<g fill="none" stroke="${colour}" stroke-width="26" stroke-linecap="round"><path d="M330 360H840q70 0 90 120"/>` +
      `<path d="M330 310q-26 90 0 190" fill="${glass}" fill-opacity="${opacity}"/></g>`
    )
  }
  if (view === "box") return box("box")
  return (
    `<g fill="${glass}" fill-opacity="${opacity}" stroke="${colour}" stroke-width="22">${rim(shape, 380)}${rim(shape, 820)}</g>` +
    `<g fill="none" stroke="${colour}" stroke-width="20" stroke-linecap="round"><path d="M540 370q60-50 120 0"/>` +
    `<path d="M205 350l-60-22M995 350l60-22"/></g>`
  )
}

const contactLens = (view: string): string =>
  view === "box"
    ? box(view)
    : `<g fill="#bfe0ef" fill-opacity="0.6" stroke="#5b9bbd" stroke-width="8"><circle cx="480" cy="420" r="170"/>` +
      `<path d="M640 520q150 110 300 0q-20-150-150-150t-150 150z"/></g>`

const lensPair = (): string =>
  `<g fill="#dcebf5" fill-opacity="0.75" stroke="#7aa2bd" stroke-width="8"><circle cx="430" cy="400" r="190"/><circle cx="790" cy="430" r="190"/></g>`

const box = (view: string): string =>
  `<g stroke="#4c4238" stroke-width="10"><rect x="330" y="300" width="540" height="300" rx="26" fill="#c9a77c"/>` +
  `<path d="M330 ${view === "side" ? 360 : 400}h540" fill="none"/></g>`

const person = (): string =>
  `<g fill="#9aa5ad"><circle cx="600" cy="330" r="140"/><path d="M330 700q0-210 270-210t270 210z"/></g>`
