// A line of git's settings that says by itself what it means. Where a file has any other, git is asked.
const HEADER = /^[ \t]*\[([A-Za-z0-9.-]+)([ \t]+"[^"\\]*")?\][ \t]*$/;
const SETTING = /^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=[ \t]*(.*))?$/;
const SILENT = /^[ \t]*(?:[#;].*)?$/;
const WHOLE_VALUE = /^(?:[^"\\#;]|\\["\\ntb]|"(?:[^"\\]|\\["\\ntb])*")*(?:[#;].*)?$/;
const PLAIN_VALUE = /^[\w /.:,+@~-]*$/;

/** Sections whose values are given back; what others say is nobody's business here. */
const READ: ReadonlySet<string> = new Set(['core', 'extensions']);

/**
 * What a repository's own file of settings says of its layout, `core.bare` to `false`: as git reads it for that, which is without what it
 * includes. Undefined where a line is not plain.
 */
export const parsePlainSettings = (text: string): ReadonlyMap<string, string> | undefined => {
  const settings = new Map<string, string>();
  let section: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (SILENT.test(line)) continue;
    if (line.endsWith('\\')) return undefined; // goes on in the next line
    const header = HEADER.exec(line);
    if (header !== null) {
      section = header[2] === undefined ? (header[1] ?? '').toLowerCase() : '';
      continue;
    }
    const setting = SETTING.exec(line);
    const [, key = '', value = 'true'] = setting ?? [];
    if (setting === null || section === undefined || !WHOLE_VALUE.test(value)) return undefined;
    if (!READ.has(section)) continue;
    if (!PLAIN_VALUE.test(value)) return undefined;
    settings.set(`${section}.${key.toLowerCase()}`, value.trim());
  }
  return settings;
};
