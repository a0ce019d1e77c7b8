import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../../src/lint/rule.ts';
import { memorySnapshot } from '../../src/git/memory.ts';
import { isLinted, lintTarget } from '../../src/workflow/lint.ts';
import type { Finding } from '../../src/report/finding.ts';

/** A rule's section of a page: what it finds and what it lets pass, each of one or several files. */
export interface Section {
  readonly id: string;
  readonly bad: ReadonlyMap<string, string>;
  readonly good: ReadonlyMap<string, string>;
}

const FILE = /^# file: (\S+)\n/gm;

const filesOf = (fence: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  const text = fence.startsWith('# file: ') ? fence : `# file: .github/workflows/example.yml\n${fence}`;
  const heads = [...text.matchAll(FILE)];
  for (const [i, head] of heads.entries()) files.set(head[1] ?? '', text.slice(head.index + head[0].length, heads[i + 1]?.index));
  return files;
};

const fenceOf = (section: string, word: string): string =>
  new RegExp(`^\`\`\`yaml ${word}\\n([^]*?)^\`\`\`$`, 'm').exec(section)?.[1] ?? '';

/** @param page of docs/, by its name */
export const sectionsOf = (page: string): readonly Section[] =>
  readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8')
    .split(/^##+ (?=`)/m)
    .slice(1)
    .map((text) => ({
      id: /^`([\w-]+)`/.exec(text)?.[1] ?? '',
      bad: filesOf(fenceOf(text, 'bad')),
      good: filesOf(fenceOf(text, 'good')),
    }));

/** What rules find in files of a repository. */
export const lintFiles = async (
  files: ReadonlyMap<string, string>,
  rules: readonly Rule[],
  more: { readonly runnerLabels?: readonly string[] } = {},
): Promise<readonly Finding[]> => {
  const after = memorySnapshot(new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));
  const target = { event: 'check', after, paths: [...files.keys()], description: 'files' } as const;
  const { findings, skipped } = await lintTarget(target, {
    rules,
    settings: { runnerLabels: more.runnerLabels ?? [] },
    named: [...files.keys()].filter((path) => isLinted(path)),
    landed: undefined,
    letStay: (finding) => finding,
    progress: { start: () => undefined, advance: () => undefined, stop: () => undefined },
    signal: new AbortController().signal,
  });
  if (skipped.length > 0) throw new Error(skipped.map(({ reason }) => reason).join());
  return findings;
};
