/** Addresses of documents that show a migration. */
export const MIGRATION_SCHEME = 'query-tuner-migration';
