import type { Edit } from '../report/finding.ts';

const CONTEXT = 3;
const LF = 0x0a;

/** The content with its edits. @param edits disjoint */
export const applyEdits = (bytes: Uint8Array, edits: readonly Edit[]): Buffer => {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, text } of inOrder(edits)) {
    parts.push(bytes.subarray(from, start), Buffer.from(text));
    from = end;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
};

const inOrder = (edits: readonly Edit[]): readonly Edit[] => edits.toSorted((a, b) => a.start - b.start || a.end - b.end);

const clashes = (a: Edit, b: Edit): boolean => (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
const isSame = (a: Edit, b: Edit): boolean => a.start === b.start && a.end === b.end && a.text === b.text;

/** Fixes that can be made together: a fix counts as a whole, of two that clash the first; what two of them say alike is done once. */
export const fitting = (fixes: readonly (readonly Edit[])[]): { readonly edits: readonly Edit[]; readonly used: readonly boolean[] } => {
  const kept: Edit[] = [];
  const used = fixes.map((edits) => {
    const fresh = edits.filter((edit) => !kept.some((other) => isSame(edit, other)));
    if (fresh.some((edit) => kept.some((other) => clashes(edit, other)))) return false;
    kept.push(...fresh);
    return true;
  });
  return { edits: inOrder(kept), used };
};

/** Lines with their line feed. */
const linesOf = (bytes: Buffer): readonly Buffer[] => {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const lf = bytes.indexOf(LF, from);
    const to = lf < 0 ? bytes.length : lf + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
};

const marked = (mark: string, line: Buffer): Buffer =>
  Buffer.concat([Buffer.from(mark), line, Buffer.from(line.at(-1) === LF ? '' : '\n\\ No newline at end of file\n')]);

/** Git's quotes for names that a patch could not hold as they are. */
const quotedName = (name: string): string =>
  /[\0-\x1f"\\\x7f]/.test(name)
    ? `"${name.replace(/[\0-\x1f"\\\x7f]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`
    : name;

/** Runs of changed lines whose context touches. */
const hunksOf = (changed: readonly number[]): readonly (readonly number[])[] => {
  const hunks: number[][] = [];
  for (const line of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && line - (last.at(-1) ?? 0) <= 2 * CONTEXT) last.push(line);
    else hunks.push([line]);
  }
  return hunks;
};

/**
 * A unified diff that git apply takes; empty where nothing changes.
 * @param after as many lines as `before`: no edit of ours puts in or takes out a line feed
 */
export const unifiedDiff = (path: string, before: Uint8Array, after: Uint8Array): Buffer => {
  const [old, now] = [linesOf(Buffer.from(before)), linesOf(Buffer.from(after))];
  const changed = old.flatMap((line, i) => (now[i] !== undefined && line.equals(now[i]) ? [] : [i]));
  if (changed.length === 0) return Buffer.alloc(0);
  const parts: Buffer[] = [Buffer.from(`--- ${quotedName(`a/${path}`)}\n+++ ${quotedName(`b/${path}`)}\n`)];
  for (const hunk of hunksOf(changed)) {
    const from = Math.max(0, (hunk[0] ?? 0) - CONTEXT);
    const to = Math.min(old.length, (hunk.at(-1) ?? 0) + CONTEXT + 1);
    parts.push(Buffer.from(`@@ -${from + 1},${to - from} +${from + 1},${to - from} @@\n`));
    for (let i = from; i < to;) {
      let end = i;
      while (end < to && hunk.includes(end)) end++;
      for (let at = i; at < end; at++) parts.push(marked('-', old[at] ?? Buffer.alloc(0)));
      for (let at = i; at < end; at++) parts.push(marked('+', now[at] ?? Buffer.alloc(0)));
      if (end === i) parts.push(marked(' ', old[end++] ?? Buffer.alloc(0)));
      i = end;
    }
  }
  return Buffer.concat(parts);
};
