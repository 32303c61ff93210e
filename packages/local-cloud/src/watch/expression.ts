/** Metric math, as far as an alarm of a template uses it: one value per period. */
export type Expression = (valueOf: (id: string) => number | undefined) => number | undefined;

/** A list of values is what `SUM([a, b])` gets. */
type Value = number | undefined | readonly (number | undefined)[];
type Term = (valueOf: (id: string) => number | undefined) => Value;

const TOKENS = /\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*|[<>=!]=|[-+*/<>()[\],])/gy;

type Operator = (left: number, right: number) => number;

/** The weakest first. */
const operators: readonly Readonly<Record<string, Operator>>[] = [
  {
    '<': (left, right) => Number(left < right),
    '>': (left, right) => Number(left > right),
    '<=': (left, right) => Number(left <= right),
    '>=': (left, right) => Number(left >= right),
    '==': (left, right) => Number(left === right),
    '!=': (left, right) => Number(left !== right),
  },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': (left, right) => left / right },
];

const over =
  (reduce: (...values: number[]) => number) =>
  (values: readonly Value[]): number | undefined => {
    const present = values.flat().filter((each) => each !== undefined);
    return present.length === 0 ? undefined : reduce(...present);
  };

const functions: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  FILL: ([value, otherwise]) => value ?? otherwise,
  IF: ([condition, yes, no]) => (condition === undefined ? undefined : condition ? yes : no),
  SUM: over((...values) => values.reduce((sum, each) => sum + each, 0)),
  MAX: over(Math.max),
  MIN: over(Math.min),
};

/** Reads an expression; what is not known here is refused in a sentence. */
export function parseExpression(text: string): Expression {
  const reader = new Reader(text);
  const term = reader.whole();
  return (valueOf) => numberIn(term(valueOf));
}

class Reader {
  private readonly text: string;
  private readonly tokens: string[];

  constructor(text: string) {
    this.text = text;
    const found = [...text.matchAll(TOKENS)];
    this.tokens = found.map(([, token = '']) => token);
    const read = found.reduce((length, [whole]) => length + whole.length, 0);
    if (text.slice(read).trim() !== '') throw this.refusal(text.slice(read).trim());
  }

  whole(): Term {
    const term = this.binary(0);
    if (this.tokens.length > 0) throw this.refusal(this.tokens.join(' '));
    return term;
  }

  private binary(level: number): Term {
    const known = operators[level];
    if (!known) return this.operand();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = known[this.tokens[0] ?? ''];
      if (!operator) return left;
      this.tokens.shift();
      left = combined(operator, left, this.binary(level + 1));
    }
  }

  private operand(): Term {
    const token = this.tokens.shift() ?? '';
    if (/^\d/.test(token)) return () => Number(token);
    if (token === '(') return this.closed(this.binary(0), ')');
    if (token === '[') {
      const terms = this.listUpTo(']');
      return (valueOf) => terms.map((each) => numberIn(each(valueOf)));
    }
    if (!/^[A-Za-z_]/.test(token)) throw this.refusal(token);
    return this.tokens[0] === '(' ? this.call(token) : (valueOf) => valueOf(token);
  }

  private call(name: string): Term {
    const known = functions[name];
    if (!known) throw this.refusal(`${name}()`);
    this.tokens.shift();
    const terms = this.listUpTo(')');
    return (valueOf) => known(terms.map((each) => each(valueOf)));
  }

  private listUpTo(end: string): readonly Term[] {
    const terms = [this.binary(0)];
    while (this.tokens[0] === ',') {
      this.tokens.shift();
      terms.push(this.binary(0));
    }
    return this.closed(terms, end);
  }

  private closed<T>(read: T, end: string): T {
    const token = this.tokens.shift() ?? 'its end';
    if (token !== end) throw this.refusal(token);
    return read;
  }

  private refusal(what: string): Error {
    return new Error(
      `The metric math "${this.text}" has ${what} where the local cloud does not know it: teach it in packages/local-cloud/src/watch/expression.ts.`,
    );
  }
}

/** CloudWatch reports nothing for a period in which an operand is missing, or a divisor is zero. */
function combined(operator: Operator, left: Term, right: Term): Term {
  return (valueOf) => {
    const [one, other] = [numberIn(left(valueOf)), numberIn(right(valueOf))];
    if (one === undefined || other === undefined) return undefined;
    const result = operator(one, other);
    return Number.isFinite(result) ? result : undefined;
  };
}

function numberIn(value: Value): number | undefined {
  if (typeof value === 'object') throw new Error('Metric math gives a list where a value is due.');
  return value;
}
