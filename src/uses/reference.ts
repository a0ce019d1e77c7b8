import { quoted } from '../report/quoted.ts';
import { parseImage } from './image.ts';
import { codePoint, isHidden, nameFault, pathFault, refFault } from './names.ts';
import { parseRemoteUrl } from './remote-url.ts';
import type { Use } from './use.ts';

/** What a text refers to. Where `fault` is set it could be misread, and only what is certain is said. */
export interface Reference extends Pick<Use, 'kind' | 'host' | 'owner' | 'repo' | 'subpath' | 'ref' | 'digest' | 'url'> {
  readonly fault?: string;
}

const EXPRESSION = '${{';

/** `owner/repo/path`, of an absolute reference without its host. */
const parseNames = (names: string): Pick<Reference, 'owner' | 'repo' | 'subpath' | 'fault'> => {
  const [owner = '', repo, ...path] = names.split('/');
  if (repo === undefined) return { fault: `${quoted(names)} is no owner/repository` };
  const subpath = path.length === 0 ? undefined : path.join('/');
  const fault = nameFault('owner', owner) ?? nameFault('repository', repo);
  if (fault !== undefined) return { fault };
  if (subpath === undefined) return { owner, repo };
  const odd = pathFault(subpath);
  return odd === undefined ? { owner, repo, subpath } : { owner, repo, fault: odd }; // which repository is certain
};

/** `https://host/owner/repo/path@ref`, of Forgejo and Gitea. */
const parseAbsolute = (names: string): Omit<Reference, 'kind'> => {
  const [, scheme = '', host = '', path = ''] = /^([A-Za-z]+:\/\/)([^/]*)\/?(.*)$/s.exec(names) ?? [];
  const inside = parseNames(path);
  if (inside.repo === undefined) return inside;
  const remote = parseRemoteUrl(`${scheme}${host}/${inside.owner ?? ''}/${inside.repo ?? ''}`);
  return remote.fault === undefined ? { ...remote, ...inside } : { fault: remote.fault };
};

/** A path beside the file: it may lead anywhere in the checkout, and may hold an `@`. */
const parseLocal = (raw: string): Reference => {
  const path = raw.replace(/^(?:\.[/\\]+)+/, '');
  const odd = Array.from(path).find(isHidden);
  if (odd !== undefined) return { kind: 'local', fault: `the path holds ${codePoint(odd)}` };
  return path === '' || path === '.' ? { kind: 'local' } : { kind: 'local', subpath: path };
};

/** A path in the repository and commit of the workflow itself, `$/path`. */
const parseSelf = (raw: string): Reference => {
  const path = raw.slice(2);
  if (path.includes('@')) return { kind: 'self', fault: 'a reference to the own repository has no @: it is of the same commit' };
  const fault = path === '' ? undefined : pathFault(path.replace(/\/$/, ''));
  if (fault !== undefined) return { kind: 'self', fault };
  return path === '' ? { kind: 'self' } : { kind: 'self', subpath: path };
};

/**
 * What stands at `uses`. @param raw without white space around it
 * @param where a job's is a reusable workflow
 */
export const parseReference = (raw: string, where: 'step' | 'job'): Reference => {
  const remote = where === 'job' ? 'workflow' : 'action';
  if (raw.startsWith('docker://'))
    return raw.includes(EXPRESSION)
      ? { kind: 'docker', fault: 'an expression is not allowed here' }
      : { kind: 'docker', ...parseImage(raw.slice(9)) };
  if (raw.includes(EXPRESSION)) return { kind: remote, fault: 'an expression is not allowed here' };
  if (/^\.\.?(?:[/\\]|$)/.test(raw)) return parseLocal(raw);
  if (raw === '$' || raw.startsWith('$/')) return parseSelf(raw);
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(raw)?.[0];
  if (scheme !== undefined && !/^https?:$/i.test(scheme)) return { kind: remote, fault: `${quoted(scheme)} is not known here` };
  if (scheme !== undefined && withoutPassword(raw) !== raw) return { kind: remote, fault: 'the address holds a user or a password' };
  const at = raw.indexOf('@');
  const names = at === -1 ? raw : raw.slice(0, at);
  if (scheme !== undefined && !/^https?:\/\/[^/]+\//i.test(names)) return { kind: remote, fault: 'no https://host/owner/repository@ref' };
  const ref = at === -1 ? undefined : raw.slice(at + 1);
  const parts = scheme === undefined ? parseNames(names) : parseAbsolute(names);
  if (parts.repo === undefined) return { kind: remote, ...parts };
  if (ref === undefined) return { kind: remote, fault: 'no @ and nothing behind it: a tag, a branch or a commit' };
  const fault = refFault(ref);
  if (fault !== undefined) return { kind: remote, fault };
  return { kind: remote, ...parts, ref };
};

/** The image of a container, a service or a Docker action; the forge accepts it with and without `docker://`. */
export const parseContainer = (raw: string): Reference =>
  raw.includes(EXPRESSION) ? { kind: 'image' } : { kind: 'image', ...parseImage(raw.replace(/^docker:\/\//, '')) };

/** A repository and a revision of a pre-commit configuration; undefined where it is none of somebody else (`local`, `meta`, and prek's `builtin`). */
export const parseHook = (address: string | undefined, rev: string): Reference | undefined => {
  if (address === 'local' || address === 'meta' || address === 'builtin') return undefined;
  const remote = address === undefined ? { fault: 'the address of the repository is no text, or too long' } : parseRemoteUrl(address);
  const fault = remote.fault ?? refFault(rev);
  return fault === undefined ? { kind: 'hook', ...remote, ref: rev } : { kind: 'hook', fault };
};

/** What stands before the last `@` of an address' host is left out: it may be a password. */
export const withoutPassword = (raw: string): string => {
  const from = /^[a-z][a-z0-9+.-]*:\/\//i.exec(raw)?.[0].length;
  if (from === undefined || raw.startsWith('docker:')) return raw;
  const slash = raw.indexOf('/', from);
  const at = raw.lastIndexOf('@', slash === -1 ? raw.length : slash);
  return at < from ? raw : `${raw.slice(0, from)}***${raw.slice(at)}`;
};
