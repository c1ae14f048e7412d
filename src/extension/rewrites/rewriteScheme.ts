/** Of the documents with the two texts of a rewrite: what stands in them is not checked. */
export const REWRITE_SCHEME = 'query-tuner-rewrite';
