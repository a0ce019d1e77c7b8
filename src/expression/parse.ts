import { tokensOf, type Token } from './tokens.ts';
import { BINARY, ExpressionError, isBinary, type Tree } from './tree.ts';

const MAX_DEPTH = 200;
const NOT = 50; // binds tighter than a comparison, as in Expr: !a == b is (!a) == b
const MINUS = 90;
const LITERALS: ReadonlyMap<string, boolean | undefined> = new Map([['true', true], ['false', false], ['nil', undefined]]); // prettier-ignore

/** @throws {ExpressionError} */
export const parseExpression = (source: string): Tree => new Parser(tokensOf(source)).parse();

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  parse(): Tree {
    const tree = this.block();
    const rest = this.peek();
    if (rest.kind !== 'end') this.fail(`unexpected ${rest.kind === 'text' ? 'text' : rest.text}`, rest);
    return tree;
  }

  private peek(): Token {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] ?? { kind: 'end', text: '', at: 0 };
  }

  private take(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }

  private fail(message: string, token: Token = this.peek()): never {
    throw new ExpressionError(message, token.at);
  }

  private is(text: string): boolean {
    const token = this.peek();
    return token.text === text && (token.kind === 'sign' || token.kind === 'word');
  }

  private accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.next++;
    return found;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(this.peek().kind === 'end' ? `ends where ${text} should stand` : `${text} should stand here`);
  }

  /** `let x = …; …`, then an expression. */
  private block(): Tree {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deep');
    const { at } = this.peek();
    if (!this.accept('let')) {
      const tree = this.choice();
      this.depth--;
      return tree;
    }
    const name = this.take();
    if (name.kind !== 'word') this.fail('a name should stand here', name);
    this.expect('=');
    const value = this.choice();
    this.expect(';');
    const body = this.block();
    this.depth--;
    return { kind: 'let', at, name: name.text, value, body };
  }

  private choice(): Tree {
    const test = this.binary(0);
    if (!this.accept('?')) return test;
    const yes = this.block();
    this.expect(':');
    const no = this.block();
    return { kind: 'choose', at: test.at, test, yes, no };
  }

  private binary(least: number): Tree {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deep');
    let left = this.unary();
    for (;;) {
      const token = this.peek();
      const negated = token.kind === 'word' && token.text === 'not';
      const operator = negated ? (this.tokens[this.next + 1]?.text ?? '') : token.text;
      if (token.kind === 'text' || !isBinary(operator) || BINARY[operator] < least) break;
      this.next += negated ? 2 : 1;
      const right = this.binary(BINARY[operator] + 1);
      left = { kind: 'binary', at: token.at, operator, left, right };
      if (negated) left = { kind: 'unary', at: token.at, operator: 'not', operand: left };
    }
    this.depth--;
    return left;
  }

  private unary(): Tree {
    const { at } = this.peek();
    if (this.accept('!') || this.accept('not')) return { kind: 'unary', at, operator: 'not', operand: this.binary(NOT) };
    if (this.accept('-')) return { kind: 'unary', at, operator: '-', operand: this.binary(MINUS) };
    return this.suffixed(this.primary());
  }

  private primary(): Tree {
    const token = this.take();
    const { at } = token;
    if (token.kind === 'text') return { kind: 'literal', at, value: token.text };
    if (token.kind === 'number') return { kind: 'literal', at, value: Number(token.text) };
    if (token.kind === 'word') {
      if (LITERALS.has(token.text)) return { kind: 'literal', at, value: LITERALS.get(token.text) };
      return this.called(token);
    }
    if (token.kind === 'sign' && token.text === '(') {
      const tree = this.block();
      this.expect(')');
      return tree;
    }
    if (token.kind === 'sign' && token.text === '[') return { kind: 'list', at, items: this.until(']') };
    return this.fail(token.kind === 'end' ? 'ends too early' : `unexpected ${token.text}`, token);
  }

  /** A name, or a call; functions may have the prefix `filter.`. */
  private called(token: Token): Tree {
    let name = token;
    if (name.text === 'filter' && this.accept('.')) {
      name = this.take();
      if (name.kind !== 'word') this.fail('the name of a function should stand here', name);
      if (!this.is('(')) this.fail('( should stand here');
    }
    if (this.accept('(')) return { kind: 'call', at: name.at, name: name.text, args: this.until(')') };
    return { kind: 'name', at: name.at, name: name.text };
  }

  private until(close: string): readonly Tree[] {
    const items: Tree[] = [];
    while (!this.accept(close)) {
      items.push(this.block());
      if (!this.is(close)) this.expect(',');
    }
    return items;
  }

  private suffixed(first: Tree): Tree {
    let tree = first;
    for (;;) {
      const { at } = this.peek();
      if (this.accept('.') || this.accept('?.')) {
        const name = this.take();
        if (name.kind !== 'word') this.fail('a name should stand here', name);
        tree = { kind: 'member', at, of: tree, key: { kind: 'literal', at: name.at, value: name.text } };
      } else if (this.accept('[')) tree = this.bracketed(tree, at);
      else return tree;
    }
  }

  private bracketed(of: Tree, at: number): Tree {
    const from = this.is(':') ? undefined : this.block();
    if (this.accept(':')) {
      const to = this.is(']') ? undefined : this.block();
      this.expect(']');
      return { kind: 'slice', at, of, from, to };
    }
    this.expect(']');
    return from === undefined ? this.fail('an index should stand here') : { kind: 'member', at, of, key: from };
  }
}
