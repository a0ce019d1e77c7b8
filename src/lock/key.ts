import { nameFault, refFault } from '../uses/names.ts';
import type { LockKey } from './lock.ts';

export type ReadKey = { readonly kind: 'key'; readonly key: LockKey } | { readonly kind: 'fault'; readonly fault: string };

const fault = (text: string): ReadKey => ({ kind: 'fault', fault: text });

/** The id of a key; refs keep their case, object names have none. */
export const idOf = (owner: string, repo: string, ref: string): string =>
  `${owner}/${repo}`.toLowerCase() + `@${isObjectName(ref) ? ref.toLowerCase() : ref}`;

/** True for a full object name of either length. */
export const isObjectName = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text);

/**
 * Reads `owner/repo@ref`.
 * @param hasDigest v0.0.1 of the format wrote `owner/repo@ref:sha1-…`
 */
export const readKey = (text: string, hasDigest: boolean): ReadKey => {
  const at = text.indexOf('@');
  if (at < 0) return fault('it has no @ref');
  const names = text.slice(0, at).split('/');
  if (names.length > 2) return fault('a folder of a repository has no key of its own: owner/repo@ref');
  const [owner = '', repo = ''] = names;
  const ref = hasDigest ? text.slice(at + 1).replace(/:sha(?:1|256)-[0-9a-f]+$/, '') : text.slice(at + 1);
  const odd = nameFault('owner', owner) ?? nameFault('repository', repo) ?? refFault(ref);
  return odd === undefined ? { kind: 'key', key: { owner, repo, ref, id: idOf(owner, repo, ref) } } : fault(odd);
};
