// @ts-check

const SYLLABLES = ['ba', 'co', 'du', 'fe', 'gi', 'ho', 'ju', 'ka', 'le', 'mi', 'no', 'pu', 'qui', 'ra', 'so', 'tu', 've', 'wo', 'xi', 'zo'];

/** A word for each number below 8000. @param {number} number */
const word = (number) => [number, Math.floor(number / 20), Math.floor(number / 400)].map((part) => SYLLABLES[part % 20]).join('');

/** The shapes that people write rules in. @type {readonly ((name: string) => readonly [string, string | undefined])[]} */
const SHAPES = [
  (name) => [`\\b(${name}_[0-9A-Za-z]{36})\\b`, `${name}_`],
  (name) => [`(?i)${name}[\\w .-]{0,20}(?:=|:|=>)\\s{0,5}["']?([0-9a-f]{32})\\b`, name],
  (name) => [`\\b(${name}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\b`, `${name}-`],
  (name) => [`https://hooks\\.${name}\\.example/(?:in|services)/([0-9A-Za-z]{12}/[0-9A-Za-z_-]{24,40})`, name],
  (name) => [`\\b(${name.slice(0, 5).toUpperCase()}(?:AK|SK)[A-Z2-7]{24})\\b`, undefined],
  (name) => [`(?i)(?:${name}|${name}[_-]?(?:api|app))[_-]?(?:key|token|secret)\\W{1,8}([0-9a-z_-]{20,64})(?:\\W|$)`, name],
];

/** A rule file as a firm with many services would have one; the same each time. @param {number} count */
export const generatedRules = (count) => {
  const rules = Array.from({ length: count }, (_, at) => {
    const name = word((at * 37 + 11) % 8000);
    const [regex, keyword] = (SHAPES[at % SHAPES.length] ?? (() => ['', undefined]))(name);
    const keywords = keyword === undefined ? '' : `keywords = ['${keyword}']\n`;
    return `[[rules]]\nid = "${name}-${at}"\ndescription = "${name} token"\nregex = '''${regex}'''\n${keywords}`;
  });
  return `schema = "leak-matrix/1"\ntitle = "generated"\n\n${rules.join('\n')}`;
};
