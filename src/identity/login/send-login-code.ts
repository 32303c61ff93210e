import { issueCode, type IssueCodeDeps } from '../codes/issue-code.ts';
import { codeLife, loginSubject } from '../codes/login-code.ts';
import { maskedPhone, phoneFrom } from '../accounts/phone.ts';

interface Input {
  readonly phone: string;
  readonly role: 'customer' | 'transporter';
  readonly address: string;
}

/**
 * P14: nobody is looked up, so that answer and timing say nothing of who has an account. The budget makes the one
 * exception, on a day that strangers have no codes left of.
 */
export async function sendLoginCode({ role, address, ...input }: Input, deps: IssueCodeDeps) {
  const phone = phoneFrom(input.phone, 'phone');
  await issueCode(
    {
      subject: loginSubject(phone, role),
      smsWith: (code) => ({ to: phone, template: 'login', values: { code } }),
      address,
    },
    deps,
  );
  return { message: `A code was sent to ${maskedPhone(phone)}.`, expiresIn: codeLife };
}
