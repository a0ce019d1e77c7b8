declare const __KEI_VERSION__: string | undefined;

/** The package's version, put in by the build; under vitest there was no build. */
export const VERSION: string = typeof __KEI_VERSION__ === 'string' ? __KEI_VERSION__ : '0.0.0-dev';
