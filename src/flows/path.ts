/** Where a value stands in a document: keys and places in lists, from the top. */
export type Path = readonly (string | number)[];
