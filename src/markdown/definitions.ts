import { destinationEnd, gapEnd, labelEnd, normalLabel, titleEnd } from './links.ts';

const REST = /[ \t]*(?:\r\n?|\n|$)/y;

/** Behind the line ending, where nothing else stands on the line; -1. */
const lineEnd = (text: string, at: number): number => {
  REST.lastIndex = at;
  return REST.test(text) ? REST.lastIndex : -1;
};

/** Behind the link reference definition that begins at `at`, and its label; undefined: there is none. */
const definitionOf = (text: string, at: number): { readonly end: number; readonly label: string } | undefined => {
  const afterLabel = labelEnd(text, at);
  if (afterLabel < 0 || text[afterLabel] !== ':') return undefined;
  const destination = gapEnd(text, afterLabel + 1);
  const afterDestination = destination >= text.length ? -1 : destinationEnd(text, destination);
  const label = normalLabel(text.slice(at, afterLabel));
  if (afterDestination < 0 || label === '') return undefined;
  const gap = gapEnd(text, afterDestination);
  const title = gap > afterDestination ? titleEnd(text, gap) : -1;
  // What looks like a title and has more behind it on its line may be the next paragraph's beginning.
  const whole = title < 0 ? -1 : lineEnd(text, title);
  const end = whole < 0 ? lineEnd(text, afterDestination) : whole;
  return end < 0 ? undefined : { end, label };
};

const INDENT = /[ \t]*/y;

/**
 * Where the link reference definitions end that a paragraph begins with: https://spec.commonmark.org/0.31.2/#link-reference-definitions
 * @param labels get theirs
 */
export const definitionsEnd = (text: string, labels: Set<string>): number => {
  for (let at = 0; ;) {
    INDENT.lastIndex = at;
    INDENT.test(text);
    const definition = text[INDENT.lastIndex] === '[' ? definitionOf(text, INDENT.lastIndex) : undefined;
    if (definition === undefined) return at;
    labels.add(definition.label);
    at = definition.end;
    if (at >= text.length) return text.length;
  }
};
