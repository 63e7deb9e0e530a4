-- CreateTable
CREATE TABLE "Person" (
    "id" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "displayName" TEXT,
    "timeZone" TEXT,
    "erasedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Identity" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "personId" UUID NOT NULL,
    "displayName" TEXT,
    "locale" TEXT,
    "lastSpokeAt" TIMESTAMPTZ(3),

    CONSTRAINT "Identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Conversation" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'employee',
    "identityId" UUID,
    "reference" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "problem" TEXT,
    "screen" JSONB NOT NULL DEFAULT '{}',
    "leasedBy" TEXT,
    "leasedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Conversation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FlowVersion" (
    "flowId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "document" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "publishedBy" TEXT NOT NULL,

    CONSTRAINT "FlowVersion_pkey" PRIMARY KEY ("flowId","version")
);

-- CreateTable
CREATE TABLE "Journey" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "flowId" TEXT NOT NULL,
    "flowVersion" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "lock" INTEGER NOT NULL DEFAULT 0,
    "state" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "heardAt" TIMESTAMPTZ(3) NOT NULL,
    "stuckReason" TEXT,
    "dueAt" TIMESTAMPTZ(3),
    "deadlineAt" TIMESTAMPTZ(3),
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Journey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "History" (
    "journeyId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "actorId" TEXT,
    "type" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "toStep" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "contentId" UUID,

    CONSTRAINT "History_pkey" PRIMARY KEY ("journeyId","seq")
);

-- CreateTable
CREATE TABLE "Content" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "text" TEXT,
    "erasedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Content_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Inbox" (
    "channel" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" JSONB NOT NULL,

    CONSTRAINT "Inbox_pkey" PRIMARY KEY ("channel","eventId")
);

-- CreateTable
CREATE TABLE "Outbox" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "conversationId" UUID NOT NULL,
    "op" TEXT NOT NULL,
    "targetId" UUID,
    "message" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "ambiguous" BOOLEAN NOT NULL DEFAULT false,
    "nextAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ref" JSONB,
    "fault" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),

    CONSTRAINT "Outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Escalation" (
    "id" UUID NOT NULL,
    "journeyId" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "priority" TEXT NOT NULL,
    "openedBy" TEXT NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "tried" JSONB NOT NULL,
    "claimedBy" TEXT,
    "claimedName" TEXT,
    "claimedAt" TIMESTAMPTZ(3),
    "resolvedBy" TEXT,
    "resolvedName" TEXT,
    "resolvedAt" TIMESTAMPTZ(3),
    "posts" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "Escalation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "KnownIssue" (
    "id" TEXT NOT NULL,
    "flowId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,
    "changedBy" TEXT NOT NULL,

    CONSTRAINT "KnownIssue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StaffSignIn" (
    "tokenHash" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "StaffSignIn_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "StaffSession" (
    "idHash" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "StaffSession_pkey" PRIMARY KEY ("idHash")
);

-- CreateTable
CREATE TABLE "LocalMessage" (
    "id" UUID NOT NULL,
    "conversationKey" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "author" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LocalMessage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Pairing" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "journeyId" UUID NOT NULL,
    "lookup" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "wrong" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "claim" JSONB,

    CONSTRAINT "Pairing_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Device" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "journeyId" UUID NOT NULL,
    "publicKey" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "system" JSONB NOT NULL,
    "pairedAt" TIMESTAMPTZ(3) NOT NULL,
    "unpairedAt" TIMESTAMPTZ(3),
    "unpairedBy" TEXT,
    "disabledAt" TIMESTAMPTZ(3),
    "connectedTo" TEXT,
    "heardAt" TIMESTAMPTZ(3),
    "sequence" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DeviceTask" (
    "id" UUID NOT NULL,
    "deviceId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "sentAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "result" JSONB,

    CONSTRAINT "DeviceTask_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "id" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,
    "changedBy" TEXT NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Identity_personId_idx" ON "Identity"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Identity_provider_tenant_externalId_key" ON "Identity"("provider", "tenant", "externalId");

-- CreateIndex
CREATE INDEX "Conversation_identityId_idx" ON "Conversation"("identityId");

-- CreateIndex
CREATE UNIQUE INDEX "Conversation_provider_key_key" ON "Conversation"("provider", "key");

-- CreateIndex
CREATE INDEX "Journey_status_since_id_idx" ON "Journey"("status", "since", "id");

-- CreateIndex
CREATE INDEX "Journey_step_status_idx" ON "Journey"("step", "status");

-- CreateIndex
CREATE INDEX "Journey_dueAt_idx" ON "Journey"("dueAt");

-- CreateIndex
CREATE INDEX "Journey_personId_createdAt_idx" ON "Journey"("personId", "createdAt");

-- CreateIndex
CREATE INDEX "History_toStep_at_idx" ON "History"("toStep", "at");

-- CreateIndex
CREATE INDEX "History_at_idx" ON "History"("at");

-- CreateIndex
CREATE INDEX "Content_personId_idx" ON "Content"("personId");

-- CreateIndex
CREATE INDEX "Content_at_idx" ON "Content"("at");

-- CreateIndex
CREATE INDEX "Inbox_at_idx" ON "Inbox"("at");

-- CreateIndex
CREATE INDEX "Outbox_conversationId_status_seq_idx" ON "Outbox"("conversationId", "status", "seq");

-- CreateIndex
CREATE INDEX "Outbox_status_nextAt_idx" ON "Outbox"("status", "nextAt");

-- CreateIndex
CREATE INDEX "Escalation_status_openedAt_id_idx" ON "Escalation"("status", "openedAt", "id");

-- CreateIndex
CREATE INDEX "Escalation_journeyId_idx" ON "Escalation"("journeyId");

-- CreateIndex
CREATE INDEX "StaffSession_expiresAt_idx" ON "StaffSession"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "LocalMessage_seq_key" ON "LocalMessage"("seq");

-- CreateIndex
CREATE INDEX "LocalMessage_conversationKey_seq_idx" ON "LocalMessage"("conversationKey", "seq");

-- CreateIndex
CREATE INDEX "Pairing_lookup_status_idx" ON "Pairing"("lookup", "status");

-- CreateIndex
CREATE INDEX "Pairing_personId_idx" ON "Pairing"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Device_publicKey_key" ON "Device"("publicKey");

-- CreateIndex
CREATE INDEX "Device_personId_idx" ON "Device"("personId");

-- CreateIndex
CREATE INDEX "Device_journeyId_idx" ON "Device"("journeyId");

-- CreateIndex
CREATE INDEX "DeviceTask_deviceId_status_idx" ON "DeviceTask"("deviceId", "status");

-- CreateIndex
CREATE INDEX "DeviceTask_status_expiresAt_idx" ON "DeviceTask"("status", "expiresAt");

-- AddForeignKey
ALTER TABLE "Identity" ADD CONSTRAINT "Identity_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_identityId_fkey" FOREIGN KEY ("identityId") REFERENCES "Identity"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Journey" ADD CONSTRAINT "Journey_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "History" ADD CONSTRAINT "History_journeyId_fkey" FOREIGN KEY ("journeyId") REFERENCES "Journey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Content" ADD CONSTRAINT "Content_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Outbox" ADD CONSTRAINT "Outbox_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Escalation" ADD CONSTRAINT "Escalation_journeyId_fkey" FOREIGN KEY ("journeyId") REFERENCES "Journey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Device" ADD CONSTRAINT "Device_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DeviceTask" ADD CONSTRAINT "DeviceTask_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
