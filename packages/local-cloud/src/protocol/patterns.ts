/** The same few patterns are asked about at every call. */
const known = new Map<string, RegExp>();
const MOST_KNOWN = 10_000;

/** `*` for any characters, `?` for one. */
export function isLike(pattern: string, text: string): boolean {
  const expression = known.get(pattern) ?? expressionOf(pattern);
  if (known.size < MOST_KNOWN) known.set(pattern, expression);
  return expression.test(text);
}

function expressionOf(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

/**
 * Compares the six parts of an ARN one by one: a wildcard ends at a colon, not at a slash.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function isArnLike(pattern: string, arn: string): boolean {
  const patterns = partsOf(pattern);
  const parts = partsOf(arn);
  return (
    patterns.length === PARTS &&
    parts.length === PARTS &&
    patterns.every((each, index) => isLike(each, parts[index] ?? ''))
  );
}

const PARTS = 6;

/** The last part, which names the resource, may have colons of its own. */
function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  const resource = parts.slice(PARTS - 1);
  return [...parts.slice(0, PARTS - 1), ...(resource.length > 0 ? [resource.join(':')] : [])];
}
