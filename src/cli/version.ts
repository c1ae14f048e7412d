import manifest from '../../package.json';

/** The product's version, from its manifest. */
export const VERSION: string = manifest.version;
