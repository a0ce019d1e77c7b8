/** One `${{ … }}` in a text; places in UTF-16 units of the text. */
export interface Template {
  /** From `$` to behind the last brace. */
  readonly start: number;
  readonly end: number;
  /** What stands between the braces, and where it begins. */
  readonly source: string;
  readonly sourceAt: number;
}

export interface Templates {
  readonly templates: readonly Template[];
  /** Where a `${{` begins that never ends. */
  readonly unclosed: number | undefined;
}

const OPEN = '${{';
const CLOSE = '}}';

/** Where the closing braces begin; those in a text of the expression do not count. */
function closing(text: string, from: number): number | undefined {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith(CLOSE, at)) return at;
  }
  return undefined;
}

export function findTemplates(text: string): Templates {
  const templates: Template[] = [];
  for (let from = 0; ;) {
    const start = text.indexOf(OPEN, from);
    if (start < 0) return { templates, unclosed: undefined };
    const sourceAt = start + OPEN.length;
    const close = closing(text, sourceAt);
    if (close === undefined) return { templates, unclosed: start };
    from = close + CLOSE.length;
    templates.push({ start, end: from, source: text.slice(sourceAt, close), sourceAt });
  }
}
