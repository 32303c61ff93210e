import type { SmsRequest, SmsTemplate } from '../../contract/sms.ts';

/**
 * The texts as they are registered with India's carriers, which refuse any other text. So a changed text first needs a
 * new template id (docs/runbooks/register-sms-templates.md). Each text begins with the code, so that phones offer to
 * fill it in.
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
/** The most characters that carriers accept for one variable. */
const variableLength = 30;

/** One message of at most 160 characters. Every phone and carrier can show all of them. */
export function textOf(request: SmsRequest): string {
  const values = valuesOf(request);
  const pieces = smsTemplates[request.template].split(variable);
  return pieces.map((piece, index) => piece + (values[index] ?? '')).join('');
}

/** The values, in the order of the template's variables. */
function valuesOf({ template, values }: SmsRequest): readonly string[] {
  if (template === 'login') return [values.code];
  if (template === 'driver-onboarding') {
    return [values.code, plainName(values.fleetName, 'your transporter')];
  }
  const name = plainName(values.driverName, 'with the number');
  return [values.code, name, `xxxxxx${values.driverPhone.slice(-4)}`];
}

/**
 * A name in the letters that an English template may contain. With other letters, the carrier would refuse the message
 * or split it into two or three. Accents and letters of other scripts are removed. If no letter is left, the name is
 * replaced by `otherwise`. A space after each dot keeps the phone from showing the name as a link.
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
