import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckContext, Key } from '../../src/check.ts';
import { openGate } from '../../src/gate/open.ts';
import { doors } from '../../src/git/doors.ts';
import { builtinRules, loadRules, scanBytes } from '../../src/leak/api.ts';
import type { LeakOptions } from '../../src/leak/options.ts';
import { settledOptions } from '../../src/leak/gate.ts';
import { openSubstitutor, type Substitutor } from '../../src/leak/substitute.ts';
import type { Finding } from '../../src/report/finding.ts';
import { readBuiltin } from '../../src/rules/builtin-source.ts';
import { CHECKSUMS } from '../../src/values/checksums.ts';
import { newKeyText, parseKey } from '../../src/values/key.ts';
import { fillPlaceholders } from '../../src/values/placeholders.ts';
import { captured } from '../captured.ts';
import { makeFolder } from '../repo.ts';

const keyOf = (text: string): Key => {
  const key = parseKey(text);
  if (key === undefined) throw new Error('no key');
  return key;
};
export const KEY_TEXT = newKeyText((count) => Buffer.alloc(count, 77));
const KEY = keyOf(KEY_TEXT);

export interface World {
  readonly substitutor: Substitutor;
  /** What a scan of its own finds in a content, warnings and errors. */
  scan(bytes: Uint8Array, path: string): readonly Finding[];
}

/** Substitution and a scan that knows nothing of it, with rules of ours beside the built-in ones. */
export const openWorld = async (
  rules?: string,
  { builtin = true, categories = ['secret'] as const }: { builtin?: boolean; categories?: LeakOptions['choice']['categories'] } = {},
): Promise<World> => {
  const folder = await makeFolder();
  const opened = await openGate({ paths: [], input: { path: 'x', bytes: new Uint8Array() } }, 'check', {}, captured(folder), doors);
  const context: CheckContext = opened.views[0].context;
  const settled = settledOptions(context);
  const files = rules === undefined ? [] : [{ path: 'rules.toml', bytes: Buffer.from(rules), mayLoosen: true }];
  const options: LeakOptions = { ...settled, choice: { ...settled.choice, files, categories, useBuiltin: builtin }, useCache: false };
  await opened.close();
  const shipped = builtin ? { builtin: builtinRules(context.asset('rules.json') ?? new Uint8Array(), categories) } : {};
  const scanned = rules === undefined && builtin ? shipped.builtin : undefined;
  const known = scanned ?? loadRules(rules === undefined ? [] : [{ file: 'rules.toml', text: rules }], shipped);
  return {
    substitutor: await openSubstitutor(options, KEY, context, 'check'),
    scan: (bytes, path) =>
      scanBytes(known, bytes, path).filter(({ severity, extra }) => severity !== 'note' && extra?.['allowed'] === undefined),
  };
};

const complete = (checksum: string, token: string): string => CHECKSUMS[checksum]?.complete?.(token) ?? '';

export interface Sample {
  readonly rule: string;
  readonly text: string;
  readonly path: string;
}

/** What the built-in rules say they find. */
export const samples = (): readonly Sample[] => {
  const folder = join(import.meta.dirname, '../../leak-matrix');
  const files = readdirSync(folder).map((name) => ({ path: name, bytes: readFileSync(join(folder, name)) }));
  return readBuiltin(files).set.rules.flatMap(({ id, tests }) =>
    tests
      .filter(({ expect }) => expect === 'hit')
      .map(({ text, path = 'a.txt' }) => ({ rule: `leak/${id}`, text: fillPlaceholders(text, id, complete), path })),
  );
};
