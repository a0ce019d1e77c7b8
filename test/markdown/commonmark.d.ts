declare module 'commonmark' {
  export interface Node {
    readonly type: string;
    readonly literal: string | null;
  }
  export class Parser {
    parse(source: string): { walker(): { next(): { readonly entering: boolean; readonly node: Node } | null } };
  }
}
declare module 'commonmark-spec' {
  export const tests: readonly { readonly markdown: string; readonly html: string; readonly section: string; readonly number: number }[];
}
