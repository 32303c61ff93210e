export interface PageProps {
  readonly title: string;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  /** HTML. */
  readonly body: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);

/** Text of a document as HTML: `code` between backquotes, and nothing else of Markdown. */
export const prose = (text = ''): string =>
  escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** A page of the documentation; all that it refers to is served beside it. */
export const page = ({ title, styles, scripts, body }: PageProps): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
${scripts.map((src) => `<script src="${src}" defer></script>`).join('\n')}
</head>
<body>
<nav>
<a href="/_dev/map">Map</a>
<a href="/docs">HTTP</a>
<a href="/docs/realtime">Realtime</a>
<a href="/_dev/messages">Messages</a>
<a href="/_dev/status">Status</a>
</nav>
${body}
</body>
</html>
`;
