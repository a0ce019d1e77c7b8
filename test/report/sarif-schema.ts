import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';

const require = createRequire(import.meta.url);

const formats = {
  uri: (text: string) => URL.canParse(text),
  'uri-reference': (text: string) =>
    /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text) && URL.canParse(text, 'file:///a/'),
  'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
};

let compiled: ValidateFunction | undefined;

/** What the schema of SARIF 2.1.0 says against a log: the OASIS file as @microsoft/jest-sarif carries it. */
export const sarifErrors = (log: unknown): readonly ErrorObject[] => {
  if (compiled === undefined) {
    const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    // The schema is draft 4; what it uses of it means the same in draft 7 but for the name of `id`.
    const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as AnySchemaObject;
    compiled = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats }).compile(schema);
  }
  compiled(log);
  return compiled.errors ?? [];
};
