import { Parser, type Node } from 'commonmark';
import { walkComments } from '../../src/markdown/html.ts';

// commonmark.js, the reference implementation, as the second opinion.

const nodesOf = (source: string): readonly Node[] => {
  const walker = new Parser().parse(source).walker();
  const nodes: Node[] = [];
  for (let step = walker.next(); step !== null; step = walker.next()) if (step.entering) nodes.push(step.node);
  return nodes;
};

const inner = (html: string): readonly string[] => {
  const found: string[] = [];
  walkComments(html, (start, end) => {
    if (end >= 0) found.push(html.slice(start + 4, end - 3));
  });
  return found;
};

/** What stands in the comments of a document, in order. */
export const referenceComments = (source: string): readonly string[] =>
  nodesOf(source).flatMap(({ type, literal }) => {
    const html = literal ?? '';
    if (type === 'html_block') return inner(html);
    return type === 'html_inline' && html.startsWith('<!--') ? [html.slice(4, -3)] : [];
  });

/** What stands in fences, indented code and code spans, in order. */
export const referenceCode = (source: string): readonly string[] =>
  nodesOf(source).flatMap(({ type, literal }) => (type === 'code_block' || type === 'code' ? [literal ?? ''] : []));

/**
 * What both read alike: behind a label commonmark.js 0.31.2 takes a tab for a part of the destination, where the specification has "spaces, tabs, and
 * up to one line ending"; and it knows no front matter.
 */
export const asReference = (source: string): string =>
  `${/^(?:---|\+\+\+)/.test(source) ? '\n' : ''}${/\](?::|\()/.test(source) ? source.replaceAll('\t', ' ') : source}`;
