import spec from '@aws-cdk/aws-service-spec';
import type {
  PropertyType,
  Resource,
  ResourceProperties,
  SpecDatabase,
} from '@aws-cdk/service-spec-types';

type Values = Readonly<Record<string, unknown>>;
type TypeNamed<T extends PropertyType['type']> = Extract<PropertyType, { readonly type: T }>;

export async function openRegistry(): Promise<Registry> {
  return new Registry(await spec.loadAwsServiceSpec());
}

/**
 * The schemas of CloudFormation's registry. What they know: types of resources, their properties at any
 * depth, which of them are required, and some lists of allowed values. They know no patterns and no limits.
 */
export class Registry {
  private readonly database: SpecDatabase;

  constructor(database: SpecDatabase) {
    this.database = database;
  }

  /** What CloudFormation would have against a resource: each complaint begins with what it is about. */
  complaintsAbout(type: string, properties: Values): readonly string[] {
    const custom = type.startsWith('Custom::');
    const schema = this.schemaOf(custom ? 'AWS::CloudFormation::CustomResource' : type);
    if (!schema) return [`${type} is unknown`];
    const found = this.aboutObject(properties, schema.properties, type);
    // What a custom resource is given is its function's affair.
    return custom ? found.filter((each) => !each.endsWith('is unknown')) : found;
  }

  private schemaOf(type: string): Resource | undefined {
    return this.database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  }

  private aboutObject(value: unknown, known: ResourceProperties, path: string): readonly string[] {
    if (!isObject(value)) return [`${path} is no object`];
    const missing = Object.entries(known)
      .filter(([name, { required }]) => required && !(name in value))
      .map(([name]) => `${path}.${name} is missing`);
    const given = Object.entries(value).flatMap(([name, each]) => {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      const there = `${path}.${name}`;
      return property ? this.about(each, property.type, there) : [`${there} is unknown`];
    });
    return [...missing, ...given];
  }

  private about(value: unknown, type: PropertyType, path: string): readonly string[] {
    if (isIntrinsic(value)) return [];
    switch (type.type) {
      case 'array':
        return this.aboutList(value, type, path);
      case 'map':
        return this.aboutMap(value, type, path);
      case 'ref': {
        const definition = this.database.get('typeDefinition', type.reference);
        return this.aboutObject(value, definition.properties, path);
      }
      case 'tag':
        return this.aboutObject(value, tag, path);
      case 'union':
        return this.aboutUnion(value, type, path);
      case 'json':
        return [];
      case 'string':
      case 'date-time':
      case 'integer':
      case 'number':
      case 'boolean':
      case 'null':
      default:
        return aboutScalar(value, type, path);
    }
  }

  private aboutList(value: unknown, { element }: TypeNamed<'array'>, path: string) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((each, index) => this.about(each, element, `${path}.${index}`));
  }

  private aboutMap(value: unknown, { element }: TypeNamed<'map'>, path: string) {
    if (!isObject(value)) return [`${path} is no map`];
    return Object.entries(value).flatMap(([key, each]) =>
      this.about(each, element, `${path}.${key}`),
    );
  }

  /** What the best fitting of its types has against it. */
  private aboutUnion(value: unknown, { types }: TypeNamed<'union'>, path: string) {
    const [best = []] = types
      .map((each) => this.about(value, each, path))
      .toSorted((one, other) => one.length - other.length);
    return best;
  }
}

const text = { type: { type: 'string' }, required: true } as const;
const tag: ResourceProperties = { Key: text, Value: text };

/** CloudFormation takes numbers and truths for texts, and texts that look like them for these. */
const written: Readonly<Record<string, RegExp>> = {
  string: /^/,
  'date-time': /^\d{4}-\d\d-\d\d/,
  integer: /^-?\d+$/,
  number: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  boolean: /^(true|false)$/,
};

function aboutScalar(value: unknown, type: PropertyType, path: string): readonly string[] {
  const scalar = ['string', 'number', 'boolean'].includes(typeof value);
  if (!scalar || !written[type.type]?.test(String(value))) {
    return [`${path} is no ${type.type}: ${JSON.stringify(value)}`];
  }
  const allowed: readonly unknown[] = ('allowedValues' in type && type.allowedValues) || [];
  if (allowed.length === 0 || allowed.map(String).includes(String(value))) return [];
  return [`${path} is none of ${allowed.join(', ')}: ${JSON.stringify(value)}`];
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands for a value that only a deployment knows: it can stand anywhere. */
function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [name = '', ...more] = Object.keys(value);
  return more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}
