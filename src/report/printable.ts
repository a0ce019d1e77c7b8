// Control characters drive terminals, bidirectional ones and tags hide text from people but not from programs and agents.
// Made when it is first asked for: V8 takes milliseconds to make classes of Unicode properties.
const unsafe = (): RegExp => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu;
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[\n -~]*$/;
// CI runners take these for commands wherever they stand in a line.
const RUNNER_COMMAND = /##(?=\[|vso\[|teamcity\[)/g;
const SHORT: Readonly<Record<string, string>> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` };

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return SHORT[character] ?? (code < 0x1_00 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
};

/** One line that is safe to show: what could steer a terminal, hide itself or command a CI runner is written as an escape. */
export const printable = (text: string): string =>
  (PLAIN.test(text) ? text : text.replace(unsafe(), escape)).replace(RUNNER_COMMAND, String.raw`#\x23`);

/** The same for JSON text: escapes that JSON.stringify leaves out, so that the value stays what it is. */
export const printableJson = (json: string): string =>
  (PLAIN_LINES.test(json)
    ? json
    : json.replace(/[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu, (character) =>
        Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
      )
  ).replace(RUNNER_COMMAND, String.raw`#\u0023`);
