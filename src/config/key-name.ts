/** Name of a key that hashed terms and tokens hang on: it becomes a file's name. */
export const KEY_NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;
