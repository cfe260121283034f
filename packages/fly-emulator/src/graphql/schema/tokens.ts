/** Tokens that are minted. */
export const TOKENS = /* GraphQL */ `
  type LimitedAccessTokenConnection {
    nodes: [LimitedAccessToken]
  }

  type LimitedAccessToken {
    id: ID!
    name: String!
    profile: String!
    "Empty in a list: the text of a token is told once, to whoever has made it."
    token: String!
    tokenHeader: String
    expiresAt: ISO8601DateTime!
    revokedAt: ISO8601DateTime
    user: User!
  }

  input CreateLimitedAccessTokenInput {
    clientMutationId: String
    expiry: String
    name: String!
    optInThirdParties: [String!]
    optOutThirdParties: [String!]
    organizationId: ID!
    profile: String!
    profileParams: JSON
  }

  type CreateLimitedAccessTokenPayload {
    clientMutationId: String
    limitedAccessToken: LimitedAccessToken!
  }

  input DeleteLimitedAccessTokenInput {
    clientMutationId: String
    id: ID
    revokedBy: String
    token: String
  }

  type DeleteLimitedAccessTokenPayload {
    clientMutationId: String
    revokedBy: String
    token: String
  }
`;
