package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/contract"
)

// salesContract is the shipped contract of sales.
func (b *bench) salesContract() ([]byte, error) {
	return os.ReadFile(filepath.Join(b.cloud.paths.Contracts(), salesDocument))
}

const salesDocument = "sales" + contract.Extension

// byFile has sales published file by file, as the shipped contract says.
func (b *bench) byFile(ctx context.Context) error {
	doc, err := b.salesContract()
	if err != nil {
		return err
	}
	return b.putContract(ctx, doc)
}

// byChunk has sales published chunk by chunk, which a threshold that is a share of the file's records does not allow.
func (b *bench) byChunk(ctx context.Context) error {
	doc, err := b.salesContract()
	if err != nil {
		return err
	}
	share, count := []byte("value: {share: 0.25}"), []byte("value: {count: 1000000}\n      - property: publish\n        value: chunk")
	if !bytes.Contains(doc, share) {
		return fmt.Errorf("%s has no %q to put a count in its place", salesDocument, share)
	}
	return b.putContract(ctx, bytes.Replace(doc, share, count, 1))
}

// putContract puts the contract in force for what is uploaded from now on. One that is in force already is left.
func (b *bench) putContract(ctx context.Context, doc []byte) error {
	if bytes.Equal(doc, b.contract) {
		return nil
	}
	key := salesDocument
	_, err := b.cloud.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.cloud.env.ContractsBucket, Key: &key, Body: bytes.NewReader(doc)})
	if err == nil {
		b.contract = doc
	}
	return err
}
