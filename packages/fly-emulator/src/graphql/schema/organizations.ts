/** Who asks, and organisations. */
export const ORGANIZATIONS = /* GraphQL */ `
  interface Principal {
    email: String!
    name: String
  }

  type User implements Principal {
    id: ID!
    email: String!
    name: String
    enablePaidHobby: Boolean!
  }

  type Macaroon implements Principal {
    email: String!
    name: String
  }

  enum OrganizationType {
    PERSONAL
    SHARED
  }

  enum BillingStatus {
    CURRENT
    DELINQUENT
    PAST_DUE
    SOURCE_REQUIRED
    SUSPENDED
    TRIAL_ACTIVE
    TRIAL_ENDED
  }

  enum OrganizationMemberRole {
    ADMIN
    MEMBER
  }

  type OrganizationConnection {
    nodes: [Organization]
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type Organization {
    id: ID!
    internalNumericId: BigInt!
    slug: String!
    rawSlug: String!
    name: String!
    type: OrganizationType!
    paidPlan: Boolean!
    billable: Boolean!
    billingStatus: BillingStatus!
    provisionsBetaExtensions: Boolean!
    addOnSsoLink: String
    viewerRole: String!
    remoteBuilderImage: String!
    remoteBuilderApp: App
    members(after: String, before: String, first: Int, last: Int): OrganizationMembershipsConnection!
    addOns(after: String, before: String, first: Int, last: Int, type: AddOnType): AddOnConnection!
    limitedAccessTokens(after: String, before: String, first: Int, last: Int): LimitedAccessTokenConnection!
    wireGuardPeers(after: String, before: String, first: Int, last: Int): WireGuardPeerConnection!
    wireGuardPeer(name: String!): WireGuardPeer
    loggedCertificates(after: String, before: String, first: Int, last: Int): LoggedCertificateConnection
  }

  type OrganizationMembershipsConnection {
    edges: [OrganizationMembershipsEdge]
  }

  type OrganizationMembershipsEdge {
    cursor: String!
    node: User
    joinedAt: ISO8601DateTime!
    role: OrganizationMemberRole!
  }

  enum AddOnType {
    arcjet
    enveloop
    fly_mysql
    kubernetes
    redis
    sentry
    supabase
    tigris
    upstash_kafka
    upstash_redis
    upstash_vector
    wafris
  }

  type AddOnConnection {
    nodes: [AddOn]
  }

  type AddOn {
    id: ID!
    name: String
    addOnPlan: AddOnPlan
    privateIp: String
    primaryRegion: String
    readRegions: [String!]
    options: JSON
    metadata: JSON
  }

  type AddOnPlan {
    displayName: String
    description: String
  }
`;
