-- CreateTable
CREATE TABLE "Link" (
    "id" UUID NOT NULL,
    "lookup" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "wrong" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "lock" INTEGER NOT NULL DEFAULT 0,
    "askerId" UUID NOT NULL,
    "typerId" UUID,
    "askerYes" BOOLEAN NOT NULL DEFAULT false,
    "typerYes" BOOLEAN NOT NULL DEFAULT false,
    "codePost" UUID NOT NULL,
    "askerPost" UUID NOT NULL,
    "typerPost" UUID NOT NULL,

    CONSTRAINT "Link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LinkGuess" (
    "id" UUID NOT NULL,
    "identityId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LinkGuess_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Link_lookup_status_idx" ON "Link"("lookup", "status");

-- CreateIndex
CREATE INDEX "Link_askerId_createdAt_idx" ON "Link"("askerId", "createdAt");

-- CreateIndex
CREATE INDEX "Link_status_expiresAt_idx" ON "Link"("status", "expiresAt");

-- CreateIndex
CREATE INDEX "LinkGuess_identityId_at_idx" ON "LinkGuess"("identityId", "at");
