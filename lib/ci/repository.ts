/** The repository on GitHub whose workflows may deploy. */
export interface Repository {
  /** A person or an organization, and its number. */
  readonly owner: string;
  readonly ownerId: string;
  readonly name: string;
  readonly id: string;
}

const form = /^(?<owner>[\w.-]+)@(?<ownerId>\d+)\/(?<name>[\w.-]+)@(?<id>\d+)$/;

/** A repository as GitHub's tokens name it. */
export function repositoryNamed(text: string | undefined): Repository {
  const parts = form.exec(text ?? '')?.groups;
  if (!parts) {
    throw new Error(
      `Say whose workflows may deploy: -c repository=<owner>@<owner id>/<name>@<repository id>, not "${text ?? ''}". "gh api repos/<owner>/<name> --jq '[.owner.id, .id]'" prints both ids.`,
    );
  }
  const { owner = '', ownerId = '', name = '', id = '' } = parts;
  return { owner, ownerId, name, id };
}

/**
 * The subject of a token, by which GitHub says for what a workflow runs. The numbers are in it, so whoever takes over a
 * name that was given up is not taken for its former owner. A repository made before 15 July 2026 must ask for such
 * subjects in its settings.
 */
export function subjectOf({ owner, ownerId, name, id }: Repository, what: string): string {
  return `repo:${owner}@${ownerId}/${name}@${id}:${what}`;
}
