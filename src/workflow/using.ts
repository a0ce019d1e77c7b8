import type { Entry, Snapshot } from '../check.ts';
import type { UsingFile } from '../lock/coverage.ts';
import type { Skipped } from '../report/finding.ts';
import { FILE_GLOBS, fileKind } from '../uses/files.ts';
import { readUses } from '../uses/read.ts';

const LINK = 0o120000;

const isUsing = ({ path, mode }: Entry): boolean => {
  const kind = fileKind(path);
  return mode !== LINK && (kind === 'action' || (kind === 'workflow' && path.startsWith('.github/'))) && !path.includes('node_modules/');
};

export interface UsingFiles {
  readonly files: readonly UsingFile[];
  readonly skipped: readonly Skipped[];
}

/** Workflows and actions of a repository, and what they refer to. */
export const readUsing = async (after: Snapshot, signal: AbortSignal): Promise<UsingFiles> => {
  const entries = (await after.list(after.kind === 'directory' ? [] : FILE_GLOBS)).filter(isUsing);
  const files: UsingFile[] = [];
  const skipped: Skipped[] = [];
  for await (const [{ path }, content] of after.readMany(entries, signal)) {
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, path });
      continue;
    }
    const { uses, problems } = readUses(content.bytes, path);
    files.push({ path, uses, isPartial: problems.length > 0 });
  }
  return { files, skipped };
};
