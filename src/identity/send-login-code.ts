import { issueCode, type IssueCodeDeps } from './issue-code.ts';
import { codeLife, loginSubject } from './login-code.ts';
import { maskedPhone, phoneFrom } from './phone.ts';

interface Input {
  readonly phone: string;
  readonly role: 'customer' | 'transporter';
}

/** P14: nobody is looked up, so that answer and timing say nothing of who has an account. */
export async function sendLoginCode({ phone: typed, role }: Input, deps: IssueCodeDeps) {
  const phone = phoneFrom(typed, 'phone');
  await issueCode(
    {
      subject: loginSubject(phone, role),
      smsWith: (code) => ({ to: phone, template: 'login', values: { code } }),
    },
    deps,
  );
  return { message: `A code was sent to ${maskedPhone(phone)}.`, expiresIn: codeLife };
}
