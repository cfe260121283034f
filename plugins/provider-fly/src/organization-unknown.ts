/** That Fly does not know the organization in which an app is to be made. */
export const organizationUnknown = (organization: string): string =>
  `Fly knows no organization ${organization} that this token can use.`;

export const organizationHint =
  'Set `providers.fly.organization` or FLY_ORG to the slug of one of yours, or take it out for your personal one.';
