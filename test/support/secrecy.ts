import type { Kept } from './engines/everything-kept.ts';

/** What nobody should find, by what it is. */
export type Secret =
  | 'phone'
  | 'code'
  | 'access token'
  | 'refresh token'
  | 'ticket'
  | 'device token';

/** Where a secret may stand, and as what. */
export interface Allowance {
  readonly secret: Secret;
  readonly where: RegExp;
  readonly as: RegExp;
  readonly because: string;
}

const patterns: Record<Secret, (text: string) => RegExp> = {
  // As people write numbers: in groups, with brackets.
  phone: (digits) => new RegExp(digits.split('').join(String.raw`[\s()-]{0,2}`)),
  // Six digits stand in many a longer number.
  code: (digits) => new RegExp(String.raw`(?<![\w.])${digits}(?!\w)`),
  'access token': literally,
  'refresh token': literally,
  ticket: literally,
  'device token': literally,
};

function literally(text: string): RegExp {
  return new RegExp(text.replaceAll(/[^\w]/g, String.raw`\$&`));
}

/** Remembers secrets, and finds every place where one of them stands that may not. */
export class Secrets {
  private readonly known: { readonly kind: Secret; readonly pattern: RegExp }[] = [];
  private readonly allowed: readonly Allowance[];

  constructor(allowed: readonly Allowance[]) {
    this.allowed = allowed;
  }

  add(kind: Secret, text: string): string {
    if (text.length < 6) throw new Error(`This is no ${kind}: "${text}"`);
    this.known.push({ kind, pattern: patterns[kind](text) });
    return text;
  }

  foundIn(kept: readonly Kept[]): readonly string[] {
    const found = kept.flatMap(({ where, text }) =>
      this.known
        .filter(({ kind, pattern }) => pattern.test(this.without(kind, where, text)))
        .map(({ kind }) => `${kind} in ${where}: ${text.slice(0, 500)}`),
    );
    return [...new Set(found)];
  }

  private without(kind: Secret, where: string, text: string): string {
    const rules = this.allowed.filter((each) => each.secret === kind && each.where.test(where));
    return rules.reduce((rest, { as }) => rest.replaceAll(as, ''), text);
  }
}
