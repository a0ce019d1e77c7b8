import { quoted } from '../report/quoted.ts';
import type { Use } from './use.ts';

// Grammar: https://pkg.go.dev/github.com/distribution/reference
const HOST = /^(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+(?=:)|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const LONGEST = 512;

/** Parts of an image's name; where `fault` is set, nothing else is. */
export interface ImageParts extends Pick<Use, 'host' | 'repo' | 'ref' | 'digest'> {
  readonly fault?: string;
}

/** An image as a container engine names it, `registry/path:tag@digest`. The repository is the whole path; there is no owner. */
export const parseImage = (raw: string): ImageParts => {
  if (raw.length > LONGEST) return { fault: `the image's name is longer than ${LONGEST} characters` };
  const at = raw.indexOf('@');
  const named = at === -1 ? raw : raw.slice(0, at);
  const digest = at === -1 ? undefined : raw.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest)) return { fault: `${quoted(digest)} is no digest` };
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(0, slash));
  const host = slash !== -1 && HOST.test(first) ? first : undefined;
  const rest = host === undefined ? named : named.slice(slash + 1);
  const colon = rest.lastIndexOf(':');
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  if (!PATH.test(path)) return { fault: `${quoted(path)} is no name of an image` };
  if (tag !== undefined && !TAG.test(tag)) return { fault: `${quoted(tag)} is no tag of an image` };
  return {
    ...(host === undefined ? {} : { host }),
    repo: path,
    ...(tag === undefined ? {} : { ref: tag }),
    ...(digest === undefined ? {} : { digest }),
  };
};
