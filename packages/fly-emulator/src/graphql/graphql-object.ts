/** What an object shows, by the names of the schema; a function is called when its member is asked for. */
export type GraphqlObject = Record<string, unknown>;
