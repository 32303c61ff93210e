import * as z from 'zod';
import type { Account } from '../protocol/played-service.ts';
import type { Stack } from './assembly.ts';

/** What a resource of the template turned out to be on this machine. */
export interface ResourceValues {
  refOf(stack: Stack, id: string): unknown;
  attributeOf(stack: Stack, id: string, attribute: string): unknown;
  /** What `{{resolve:secretsmanager:…}}` stands for. */
  secretOf(reference: string): string;
}

const noValue = Symbol('AWS::NoValue');
const Texts = z.array(z.unknown());
const Name = z.string();
const Attribute = z.union([
  z.tuple([z.string(), z.string()]),
  z.string().transform((text): [string, string] => {
    const [id = '', ...attribute] = text.split('.');
    return [id, attribute.join('.')];
  }),
]);
const Substitution = z.union([
  z.string().transform((text): [string, Record<string, unknown>] => [text, {}]),
  z.tuple([z.string(), z.record(z.string(), z.unknown())]),
]);
const Lookup = z.tuple([z.unknown(), z.unknown(), z.unknown()]);
const Choice = z.tuple([z.string(), z.unknown(), z.unknown()]);
const Pair = z.tuple([z.unknown(), z.unknown()]);
/** Region and role say where the stack is: on this machine they are all in one place. */
const StackOutput = z.object({ StackName: z.string(), OutputName: z.string() });

type Intrinsic = (argument: unknown, stack: Stack) => unknown;

/** Turns a template's values into this machine's, by the rules of CloudFormation. */
export class Resolver {
  private readonly stacks: readonly Stack[];
  private readonly account: Account;
  private readonly values: ResourceValues;
  private readonly intrinsics: ReadonlyMap<string, Intrinsic>;

  constructor(stacks: readonly Stack[], account: Account, values: ResourceValues) {
    this.stacks = stacks;
    this.account = account;
    this.values = values;
    this.intrinsics = new Map<string, Intrinsic>([
      ['Ref', (id, stack) => this.ref(Name.parse(id), stack)],
      ['Fn::GetAtt', (argument, stack) => this.attribute(argument, stack)],
      ['Fn::Sub', (argument, stack) => this.substitute(argument, stack)],
      ['Fn::Join', (argument, stack) => this.join(argument, stack)],
      ['Fn::Select', (argument, stack) => this.select(argument, stack)],
      ['Fn::Split', (argument, stack) => this.split(argument, stack)],
      ['Fn::ImportValue', (name, stack) => this.imported(this.text(name, stack))],
      ['Fn::GetStackOutput', (argument, stack) => this.output(argument, stack)],
      ['Fn::FindInMap', (argument, stack) => this.find(argument, stack)],
      ['Fn::Base64', (text, stack) => Buffer.from(this.text(text, stack)).toString('base64')],
      ['Fn::GetAZs', () => ['a', 'b', 'c'].map((zone) => `${this.account.region}${zone}`)],
      ['Fn::If', (argument, stack) => this.choose(argument, stack)],
      ['Condition', (name, stack) => this.holds(Name.parse(name), stack)],
      ['Fn::Equals', (argument, stack) => this.equal(argument, stack)],
      ['Fn::And', (all, stack) => Texts.parse(all).every((each) => this.isTrue(each, stack))],
      ['Fn::Or', (all, stack) => Texts.parse(all).some((each) => this.isTrue(each, stack))],
      ['Fn::Not', (all, stack) => !Texts.parse(all).some((each) => this.isTrue(each, stack))],
    ]);
  }

  resolve(value: unknown, stack: Stack): unknown {
    const resolved = this.inner(value, stack);
    return resolved === noValue ? undefined : resolved;
  }

  /** Whether a condition of the template's `Conditions` holds. */
  holds(name: string, stack: Stack): boolean {
    const condition = stack.template.Conditions[name];
    if (condition === undefined) throw new Error(`${stack.name} has no condition ${name}.`);
    return this.isTrue(condition, stack);
  }

  private inner(value: unknown, stack: Stack): unknown {
    if (typeof value === 'string') return this.dynamic(value);
    if (Array.isArray(value)) {
      return value.map((each) => this.inner(each, stack)).filter((each) => each !== noValue);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries: [string, unknown][] = Object.entries(value);
    const [only] = entries;
    if (only && entries.length === 1 && isIntrinsic(...only)) {
      return this.evaluate(only[0], only[1], stack);
    }
    const resolved = entries.map(([key, each]) => [key, this.inner(each, stack)] as const);
    return Object.fromEntries(resolved.filter(([, each]) => each !== noValue));
  }

  private evaluate(name: string, argument: unknown, stack: Stack): unknown {
    const intrinsic = this.intrinsics.get(name);
    if (intrinsic) {
      const result = intrinsic(argument, stack);
      return typeof result === 'string' ? this.dynamic(result) : result;
    }
    throw new Error(
      `${stack.name} uses ${name}, which the local cloud does not know: teach it in packages/local-cloud/src/template/intrinsics.ts.`,
    );
  }

  private ref(id: string, stack: Stack): unknown {
    switch (id) {
      case 'AWS::NoValue':
        return noValue;
      case 'AWS::Region':
        return this.account.region;
      case 'AWS::AccountId':
        return this.account.accountId;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stack.name;
      case 'AWS::StackId':
        return stackArn(stack, this.account);
      case 'AWS::NotificationARNs':
        return [];
      default:
        return this.refOfOurs(id, stack);
    }
  }

  private refOfOurs(id: string, stack: Stack): unknown {
    if (stack.resources.has(id)) return this.values.refOf(stack, id);
    const parameter = stack.template.Parameters[id];
    if (parameter?.Default !== undefined) return parameter.Default;
    if (parameter) throw new Error(`${stack.name}: give the parameter ${id} a default value.`);
    throw new Error(`${stack.name} refers to ${id}, which is neither a resource nor a parameter.`);
  }

  private attribute(argument: unknown, stack: Stack): unknown {
    const [id, attribute] = Attribute.parse(argument);
    if (stack.resources.has(id)) return this.values.attributeOf(stack, id, attribute);
    throw new Error(`${stack.name} refers to ${id}.${attribute}, but has no resource ${id}.`);
  }

  private substitute(argument: unknown, stack: Stack): string {
    const [text, given] = Substitution.parse(argument);
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in given) return this.text(given[name], stack);
      return this.text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, stack);
    });
  }

  private join(argument: unknown, stack: Stack): string {
    const [separator, list] = Pair.parse(argument);
    const texts = this.list(list, stack).map((each) => asText(each, 'Fn::Join'));
    return texts.join(Name.parse(separator));
  }

  private select(argument: unknown, stack: Stack): unknown {
    const [index, list] = Pair.parse(argument);
    const chosen = this.list(list, stack)[Number(this.inner(index, stack))];
    if (chosen === undefined) throw new Error(`${stack.name}: Fn::Select finds nothing there.`);
    return chosen;
  }

  private split(argument: unknown, stack: Stack): readonly string[] {
    const [separator, text] = Pair.parse(argument);
    return this.text(text, stack).split(Name.parse(separator));
  }

  private imported(name: string): unknown {
    for (const stack of this.stacks) {
      for (const { Value, Export } of Object.values(stack.template.Outputs)) {
        if (Export && this.text(Export.Name, stack) === name) return this.inner(Value, stack);
      }
    }
    throw new Error(`No stack exports ${name}: synthesize the stack that does, too.`);
  }

  /** CloudFormation reads it when it deploys the stack that asks: the other must be there by then. */
  private output(argument: unknown, reader: Stack): unknown {
    const { StackName, OutputName } = StackOutput.parse(this.inner(argument, reader));
    const refused = (why: string) =>
      new Error(`${reader.name} reads ${OutputName} of ${StackName}, which ${why}.`);
    const stack = this.stacks.find(({ name }) => name === StackName);
    if (!stack) throw refused('is not among the stacks: synthesize it, too');
    if (this.stacks.indexOf(stack) > this.stacks.indexOf(reader)) {
      throw refused('is deployed after it: say that it depends on that stack');
    }
    const found = stack.template.Outputs[OutputName];
    if (!found) throw refused('has no such output');
    return this.inner(found.Value, stack);
  }

  private find(argument: unknown, stack: Stack): unknown {
    const [map, first, second] = Lookup.parse(argument).map((each) => this.text(each, stack));
    const found = stack.template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found !== undefined) return found;
    throw new Error(`${stack.name}: the mapping ${map} says nothing of ${first}, ${second}.`);
  }

  private choose(argument: unknown, stack: Stack): unknown {
    const [condition, yes, no] = Choice.parse(argument);
    return this.inner(this.holds(condition, stack) ? yes : no, stack);
  }

  private equal(argument: unknown, stack: Stack): boolean {
    const [left, right] = Pair.parse(argument).map((each) => this.inner(each, stack));
    return JSON.stringify(left) === JSON.stringify(right);
  }

  private isTrue(value: unknown, stack: Stack): boolean {
    return this.inner(value, stack) === true;
  }

  private list(value: unknown, stack: Stack): readonly unknown[] {
    return Texts.parse(this.inner(value, stack));
  }

  private text(value: unknown, stack: Stack): string {
    return asText(this.inner(value, stack), 'A text');
  }

  private dynamic(text: string): string {
    return text.replaceAll(/\{\{resolve:([^}]+)\}\}/g, (whole, reference: string) => {
      if (reference.startsWith('secretsmanager:')) {
        return this.values.secretOf(reference.slice('secretsmanager:'.length));
      }
      throw new Error(`${whole} names a store that the local cloud does not have.`);
    });
  }
}

export function stackArn(stack: Stack, { region, accountId }: Account): string {
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${stack.name}/local`;
}

/** A policy's statement has a `Condition`, too, but never a name in it. */
function isIntrinsic(key: string, argument: unknown): boolean {
  const isCondition = key === 'Condition' && typeof argument === 'string';
  return key === 'Ref' || isCondition || key.startsWith('Fn::');
}

function asText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(
    `${where} of the template is made of ${JSON.stringify(value)}, which is no text.`,
  );
}
