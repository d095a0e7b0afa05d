/** What was looked for instead of a text that nothing has all the words of: said in `meta` of whatever is searched. */
import * as Schema from "effect/Schema"

const Corrected = Schema.NullOr(Schema.String).annotate({
  description: "What was looked for instead, where nothing has all the words of the search"
})

/** `meta` of a search. */
export const SearchMeta = { corrected_search: Corrected }

/** `meta` of what can be searched: with a search only. */
export const ListMeta = { corrected_search: Schema.optionalKey(Corrected) }

/** The same of an answer, whose `corrected` is "" where nothing was. */
export const searchMeta = (corrected: string) => ({ corrected_search: corrected === "" ? null : corrected })

export const listMeta = (search: string | undefined, corrected: string) =>
  search === undefined ? {} : searchMeta(corrected)
