import { isLike } from '../../protocol/patterns.ts';

export type MatchesLine = (line: string) => boolean;

/**
 * A filter pattern of CloudWatch Logs: terms (`ERROR "timed out"`, `?one ?another`, `-without`), or conditions on the
 * fields of a JSON line (`{ $.level = "ERROR" && $.status = "5*" }`).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function logPattern(pattern: string): MatchesLine {
  const [, conditions] = /^\{(.*)\}$/s.exec(pattern.trim()) ?? [];
  return conditions === undefined ? termsIn(pattern) : conditionsIn(conditions);
}

const TERM = /([?-]?)(?:"([^"]*)"|([^\s"]+))/g;

function termsIn(pattern: string): MatchesLine {
  const terms = [...pattern.matchAll(TERM)].map(([, sign = '', quoted, bare]) => ({
    sign,
    text: quoted ?? bare ?? '',
  }));
  const withSign = (wanted: string) => terms.filter(({ sign }) => sign === wanted);
  const [all, any, none] = ['', '?', '-'].map(withSign);
  return (line) => {
    const has = ({ text }: { text: string }) => line.includes(text);
    const isAny = any === undefined || any.length === 0 || any.some(has);
    return (all ?? []).every(has) && isAny && !(none ?? []).some(has);
  };
}

const CONDITION = /^\s*\$\.([\w.-]+)\s*(!?=)\s*(?:"([^"]*)"|(\S+))\s*$/;

function conditionsIn(text: string): MatchesLine {
  const either = text.split('||').map((part) => part.split('&&').map(conditionIn));
  return (line) => {
    const fields = readJson(line);
    return either.some((all) => all.every((holds) => holds(fields)));
  };
}

function conditionIn(text: string): (line: unknown) => boolean {
  const [, path, operator, quoted, bare] = CONDITION.exec(text) ?? [];
  if (path === undefined) {
    throw new Error(
      `The filter pattern has "${text.trim()}", which the local cloud does not know: teach it in packages/local-cloud/src/services/operators/log-pattern.ts.`,
    );
  }
  const wanted = quoted ?? bare ?? '';
  return (line) => {
    const value = path.split('.').reduce(memberOf, line);
    if (value === undefined) return false;
    const said = typeof value === 'string' ? value : JSON.stringify(value);
    return isLike(wanted, said) === (operator === '=');
  };
}

function memberOf(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
