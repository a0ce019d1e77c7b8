import { nameFault } from './names.ts';

/** Where a repository is, as a file names it. */
export interface RemoteUrl {
  /** As git takes it; undefined where there is a fault. */
  readonly url?: string;
  /** With the port where it is named. */
  readonly host?: string;
  readonly owner?: string;
  readonly repo?: string;
  /** What is wrong with it. Nothing of the address is repeated: it may hold a password. */
  readonly fault?: string;
}

const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

const oddHost = (host: string): string | undefined => {
  if (HOST.test(host)) return undefined;
  const strange = Array.from(host).find((character) => character > '~');
  const plain = strange?.normalize('NFKC');
  if (strange === undefined) return 'the host is no name of a host';
  const looks = plain !== strange && plain !== undefined && /^[!-~]+$/.test(plain) ? `, which looks like "${plain}"` : '';
  return `the host holds U+${(strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}${looks}: write it as xn--…`;
};

/** Owner and repository of a path; groups of groups are one owner. */
const split = (path: string): Pick<RemoteUrl, 'owner' | 'repo' | 'fault'> => {
  const parts = path.replace(/\/+$/, '').split('/');
  const repo = parts.pop() ?? '';
  const fault = parts.map((part) => nameFault('owner', part)).find((one) => one !== undefined) ?? nameFault('repository', repo);
  if (fault !== undefined) return { fault };
  return { ...(parts.length === 0 ? {} : { owner: parts.join('/') }), repo: repo.replace(/(?!^)\.git$/, '') };
};

/** The address of a repository in `https`, `http`, `ssh` or git's short form `user@host:path`. Others are not asked: they could name a program. */
export const parseRemoteUrl = (address: string): RemoteUrl => {
  const [, scheme, user, host, path] = /^(https?|ssh|git):\/\/(?:([^/@]*)@)?([^/@]*)\/(.*)$/is.exec(address) ?? [];
  const [, shortUser, shortHost, shortPath] =
    scheme === undefined ? (/^(?:([A-Za-z0-9_][\w.-]*)@)([^/:@]+):(?!:)\/*(.*)$/s.exec(address) ?? []) : [];
  const where = host ?? shortHost;
  if (where === undefined) return { fault: 'the address of the repository is none of https, http, ssh' };
  if (scheme !== undefined && user !== undefined && !(scheme.toLowerCase() === 'ssh' && /^[A-Za-z0-9_][\w.-]*$/.test(user)))
    return { fault: 'the address of the repository holds a user or a password' };
  const odd = oddHost(where);
  if (odd !== undefined) return { fault: odd };
  const names = split(path ?? shortPath ?? '');
  if (names.fault !== undefined) return names;
  const account = user ?? shortUser;
  const url =
    scheme === undefined
      ? address
      : `${scheme.toLowerCase()}://${account === undefined ? '' : `${account}@`}${where}/${(path ?? '').replace(/\/+$/, '')}`;
  return { url, host: where.toLowerCase(), ...names };
};
