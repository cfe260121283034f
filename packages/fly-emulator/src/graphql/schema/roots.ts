/** The root fields, and what every part uses. */
export const ROOTS = /* GraphQL */ `
  schema {
    query: Queries
    mutation: Mutations
  }

  scalar JSON
  "A whole number as text."
  scalar BigInt
  scalar ISO8601DateTime

  type Queries {
    viewer: Principal!
    organizations(
      admin: Boolean
      after: String
      before: String
      first: Int
      last: Int
      type: OrganizationType
    ): OrganizationConnection!
    organization(id: ID, name: String, slug: String): Organization
    app(id: String, name: String): App
    apps(
      active: Boolean
      after: String
      before: String
      first: Int
      last: Int
      organizationId: ID
      platform: String
      role: String
      type: String
    ): AppConnection!
    machine(machineId: String!): Machine!
    volume(id: ID!): Volume
    platform: FlyPlatform!
    nearestRegion(wireguardGateway: Boolean): Region!
    latestImageDetails(flyVersion: String, image: String!): ImageVersion!
    canPerformBluegreenDeployment(name: String!): Boolean!
  }

  type Mutations {
    allocateIpAddress(input: AllocateIPAddressInput!): AllocateIPAddressPayload
    releaseIpAddress(input: ReleaseIPAddressInput!): ReleaseIPAddressPayload
    createLimitedAccessToken(input: CreateLimitedAccessTokenInput!): CreateLimitedAccessTokenPayload
    deleteLimitedAccessToken(input: DeleteLimitedAccessTokenInput!): DeleteLimitedAccessTokenPayload
    addWireGuardPeer(input: AddWireGuardPeerInput!): AddWireGuardPeerPayload
    removeWireGuardPeer(input: RemoveWireGuardPeerInput!): RemoveWireGuardPeerPayload
    validateWireGuardPeers(input: ValidateWireGuardPeersInput!): ValidateWireGuardPeersPayload
    issueCertificate(input: IssueCertificateInput!): IssueCertificatePayload
  }

  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;
