import type { SmsRequest, SmsTemplate } from '../../contract/sms.ts';

/**
 * The texts as they are registered with India's carriers, who let nothing else through: a changed
 * one needs a new template id first (docs/runbooks/register-sms-templates.md). A code comes first, so
 * that phones offer to fill it in.
 */
export const smsTemplates = {
  login:
    '{#var#} is your Weelo login code. It works once, for 5 minutes. Do not share it with anyone.',
  'driver-login':
    '{#var#} is the Weelo login code of your driver {#var#} ({#var#}). It works once, for 5 minutes. Share it with this driver only.',
  'driver-onboarding':
    '{#var#} is your code to drive for {#var#} on Weelo. It works once, for 10 minutes. Give it to them only if you agree.',
} as const satisfies Record<SmsTemplate, string>;

const variable = '{#var#}';
/** What carriers accept in the place of one variable. */
const variableLength = 30;

/** One message of at most 160 characters, all of which every phone and carrier can show. */
export function textOf(request: SmsRequest): string {
  const values = valuesOf(request);
  const pieces = smsTemplates[request.template].split(variable);
  return pieces.map((piece, index) => piece + (values[index] ?? '')).join('');
}

/** In the order of the template's variables. */
function valuesOf({ template, values }: SmsRequest): readonly string[] {
  if (template === 'login') return [values.code];
  if (template === 'driver-onboarding') {
    return [values.code, plainName(values.fleetName, 'your transporter')];
  }
  const name = plainName(values.driverName, 'with the number');
  return [values.code, name, `xxxxxx${values.driverPhone.slice(-4)}`];
}

/**
 * A name in the letters that a template in English may have: any other would be refused, or make
 * two or three messages of one. Accents fall off, other scripts fall out: where nothing is left,
 * other words say who it is. What a phone would make a link of is taken apart.
 */
function plainName(name: string, otherwise: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z .'-]/g, '')
    .replaceAll('.', '. ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, variableLength)
    .trimEnd();
  return /[A-Za-z]/.test(plain) ? plain : otherwise;
}
