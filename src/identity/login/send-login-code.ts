import { issueCode, type IssueCodeDeps } from '../codes/issue-code.ts';
import { codeLife, loginSubject } from '../codes/login-code.ts';
import { loginPhoneFrom, maskedPhone } from '../accounts/phone.ts';

interface Input {
  readonly phone: string;
  readonly role: 'customer' | 'transporter';
  readonly address: string;
}

/**
 * P14: no account is looked up, so that answer and timing do not tell who has one. There is one exception: on a day
 * when no codes are left for strangers, the budget looks accounts up.
 */
export async function sendLoginCode({ role, address, ...input }: Input, deps: IssueCodeDeps) {
  const phone = loginPhoneFrom(input.phone, role);
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
