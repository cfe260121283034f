/** Releases, in the two forms that Fly has of them. */
export const RELEASES = /* GraphQL */ `
  type Release {
    id: ID!
    version: Int!
    status: String!
    stable: Boolean!
    inProgress: Boolean!
    description: String!
    reason: String!
    imageRef: String
    evaluationId: String
    user: User
    createdAt: ISO8601DateTime!
  }

  type ReleaseUnprocessedConnection {
    nodes: [ReleaseUnprocessed]
  }

  type ReleaseUnprocessed {
    id: ID!
    version: Int!
    status: String!
    stable: Boolean!
    inProgress: Boolean!
    description: String!
    reason: String!
    imageRef: String
    configDefinition: JSON
    evaluationId: String
    user: User
    createdAt: ISO8601DateTime!
  }
`;
