import * as z from 'zod';
import { fieldsOf, targetOf } from '../../protocol/json-request.ts';
import type {
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../../protocol/played-service.ts';
import { errorIn } from '../../protocol/wire-errors.ts';

/** A rule of EventBridge that runs by the clock. */
export interface PlayedRule {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly isEnabled: boolean;
}

export interface RuleSwitches {
  rules(): readonly PlayedRule[];
  /** False: there is no such rule. */
  turn(name: string, on: boolean): boolean;
}

const OPERATIONS = new Set(['ListRules', 'EnableRule', 'DisableRule']);
const Named = z.object({ Name: z.string() });
const Listed = z.object({ NamePrefix: z.string().default('') });

/** EventBridge's rules, as far as operators look at them and switch them. */
export function playRules(switches: () => RuleSwitches | undefined): PlayedService {
  return {
    signingName: 'events',
    wireFormat: 'json-1.1',
    actionOf: (request) => {
      const operation = targetOf(request);
      return operation !== undefined && OPERATIONS.has(operation)
        ? `events:${operation}`
        : undefined;
    },
    handle: async (request) => answer(request, switches()),
  };
}

function answer(request: PlayedRequest, switches: RuleSwitches | undefined): PlayedResponse {
  const operation = targetOf(request);
  if (operation === 'ListRules') {
    const { NamePrefix } = Listed.parse(fieldsOf(request));
    const rules = (switches?.rules() ?? []).filter(({ name }) => name.startsWith(NamePrefix));
    return reply({ Rules: rules.map(described) });
  }
  const { Name } = Named.parse(fieldsOf(request));
  if (switches?.turn(Name, operation === 'EnableRule')) return reply({});
  const message = `Rule ${Name} does not exist on EventBus default.`;
  return errorIn('json-1.1', { status: 400, code: 'ResourceNotFoundException', message });
}

function described({ name, arn, expression, isEnabled }: PlayedRule) {
  const State = isEnabled ? 'ENABLED' : 'DISABLED';
  return { Name: name, Arn: arn, ScheduleExpression: expression, State, EventBusName: 'default' };
}

function reply(body: object): PlayedResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify(body) };
}
