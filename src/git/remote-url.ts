/** Protocols that a question may use. `ext` and other helpers run programs. */
const PROTOCOLS = ['https', 'http', 'git', 'ssh', 'file'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface RemoteUrl {
  readonly text: string;
  readonly protocol: Protocol;
  /** Lower case, with its port when one is written; empty in `file://`. */
  readonly host: string;
}

// What git, curl and we could read differently is no URL here: user names, backslashes, queries, white space, `..`.
const URL_FORM =
  /^(https|http|git|ssh|file):\/\/((?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)?(\/[A-Za-z0-9._~%+@:=,/-]*)$/;

/** A URL that git can be given without a doubt about its meaning; undefined for any other text. */
export const parseRemoteUrl = (text: string): RemoteUrl | undefined => {
  const match = text.length > 2048 ? null : URL_FORM.exec(text);
  const protocol = PROTOCOLS.find((name) => name === match?.[1]);
  if (match === null || protocol === undefined) return undefined;
  const host = match[2]?.toLowerCase() ?? '';
  if ((host === '') !== (protocol === 'file') || /\/\.\.?(\/|$)/.test(match[3] ?? '') || host.includes('..')) return undefined;
  return { text, protocol, host };
};

/** The protocol of what git makes of a URL when the person's settings rewrite it, by the rules of git's own `connect.c`; undefined: a helper program's. */
export const protocolOf = (effective: string): Protocol | undefined => {
  const scheme = /^([A-Za-z0-9][A-Za-z0-9+.-]*):\/\//.exec(effective)?.[1];
  if (scheme !== undefined) return PROTOCOLS.find((name) => name === scheme);
  if (/^[A-Za-z0-9][A-Za-z0-9+.-]*::/.test(effective)) return undefined;
  return /^[A-Za-z]:[\\/]|^[^:]*\/|^[^:]*$/.test(effective) ? 'file' : 'ssh';
};

/** The same without user name, password and what could move a terminal's cursor. */
export const withoutCredentials = (url: string): string =>
  url
    .replace(/^([A-Za-z0-9+.-]+:\/\/)[^/]*@/, '$1')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
    .slice(0, 200);

/** True where one of the entries names the host of a URL, and its protocol unless that is https. */
export const isNamed = ({ protocol, host }: RemoteUrl, hosts: readonly string[]): boolean =>
  hosts.some((entry) => {
    const match = /^(?:(https?|git|ssh|file):\/\/)?([^/]*)\/?$/.exec(entry.toLowerCase());
    if (match === null || (match[1] ?? 'https') !== protocol) return false;
    return bare(protocol, match[2] ?? '') === bare(protocol, host);
  });

const DEFAULT_PORT: Readonly<Partial<Record<Protocol, string>>> = { https: ':443', http: ':80', git: ':9418', ssh: ':22' };

const bare = (protocol: Protocol, host: string): string => {
  const port = DEFAULT_PORT[protocol];
  return port !== undefined && host.endsWith(port) ? host.slice(0, -port.length) : host;
};
