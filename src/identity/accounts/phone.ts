import { AppError } from '../../contract/errors.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';

/** We send codes to Indian mobile numbers only (P14). */
const mobileOfIndia = /^[6-9]\d{9}$/;

/** The ten digits of a number as people type it: with +91 or 91, with spaces or dashes. */
export function phoneFrom(typed: string, field: string): string {
  const digits = typed.replaceAll(/[\s-]/g, '').replace(/^(?:\+91|91(?=\d{10}$))/, '');
  if (mobileOfIndia.test(digits)) return digits;
  const message = 'Ten digits, the first of them 6, 7, 8 or 9.';
  throw new AppError('INVALID_PHONE', { details: [{ path: field, message }] });
}

/** The number of somebody who logs in. A customer's may be a test number; a transporter's, who gets orders, may not. */
export function loginPhoneFrom(typed: string, role: 'customer' | 'transporter'): string {
  return role === 'customer' && isTestNumber(typed) ? typed : phoneFrom(typed, 'phone');
}

/** A number with its middle hidden: enough for its owner to recognise it. */
export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 2)}xxxxxx${phone.slice(-2)}`;
}
