import type { Resource, Stack } from './assembly.ts';

/** The resources of a stack, each after those that it names or depends on. */
export function inOrder(stack: Stack): readonly Resource[] {
  const order = new Set<Resource>();
  const underWay = new Set<Resource>();
  const visit = (resource: Resource): void => {
    if (order.has(resource)) return;
    if (underWay.has(resource)) {
      const circle = [...underWay, resource].map(({ id }) => id).join(' → ');
      throw new Error(`Resources of ${stack.name} depend on each other in a circle: ${circle}.`);
    }
    underWay.add(resource);
    for (const id of [
      ...resource.dependsOn,
      ...namedIn(resource.properties),
      ...namedIn(resource.updatePolicy),
    ]) {
      const needed = stack.resources.get(id);
      if (needed && needed !== resource) visit(needed);
    }
    underWay.delete(resource);
    order.add(resource);
  };
  [...stack.resources.values()].forEach(visit);
  return [...order];
}

/** The ids in `Ref`, `Fn::GetAtt` and `Fn::Sub`, wherever they stand. */
function namedIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, argument]: [string, unknown]) => {
    if (key === 'Ref') return typeof argument === 'string' ? [argument] : [];
    if (key === 'Fn::GetAtt') return [firstOf(argument)];
    if (key === 'Fn::Sub') return [...namesInText(argument), ...namedIn(argument)];
    return namedIn(argument);
  });
}

function firstOf(argument: unknown): string {
  const first: unknown = Array.isArray(argument) ? argument[0] : argument;
  return typeof first === 'string' ? (first.split('.')[0] ?? '') : '';
}

function namesInText(argument: unknown): readonly string[] {
  const text: unknown = Array.isArray(argument) ? argument[0] : argument;
  if (typeof text !== 'string') return [];
  return [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name = '']) => name);
}
