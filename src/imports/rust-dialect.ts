/** What a pattern of Rust's regex crate says in RE2's dialect. */
export interface Translated {
  readonly regex: string;
  /** Says something that RE2 cannot say, or takes for something else. */
  readonly refused?: string;
  /** Holds \d, \w, \s or \b, which in Rust know all of Unicode. */
  readonly unicode: boolean;
}

const TOKEN =
  /\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\b\{[a-z-]+\}|\\[<>]|\\[^]|\[:\^?[a-z]+:\]|\(\?[a-zA-Z-]*x[a-zA-Z-]*[:)]|&&|--|~~|[[\]]|[^]/g;

/** https://docs.rs/regex/latest/regex/#syntax against https://github.com/google/re2/wiki/Syntax */
export const translateRust = (pattern: string): Translated => {
  let depth = 0;
  let first = false; // right behind [ or [^, where ] is a character
  let extended = false;
  let unicode = false;
  let refused: string | undefined;
  const refuse = (why: string): void => void (refused ??= why);
  const regex = pattern.replace(TOKEN, (token, braced?: string, short?: string, long?: string) => {
    const code = braced ?? short ?? long;
    const isFirst = first;
    first = false;
    if (code !== undefined) return `\\x{${code.replace(/^0+(?=.)/, '')}}`;
    if (/^\\(?:b\{|[<>])/.test(token)) refuse('RE2 has no beginnings and ends of words, only \\b');
    else if (/^\\[dDwWsSbB]$/.test(token)) unicode = true;
    else if (/^\(\?.*x/.test(token) && depth === 0) extended = true;
    else if (token === '[') {
      if (depth > 0) refuse('RE2 has no class within a class');
      depth++;
      first = true;
    } else if (token === '^' && isFirst) first = true;
    else if (token === ']' && depth > 0 && !isFirst) depth--;
    else if (depth > 0 && (token === '&&' || token === '--' || token === '~~')) refuse(`RE2 has no ${token} between classes`);
    else if (depth > 0 && extended && /^\s$/.test(token)) return ''; // Rust takes it for layout there as well
    return token;
  });
  return { regex, unicode, ...(refused === undefined ? {} : { refused }) };
};
