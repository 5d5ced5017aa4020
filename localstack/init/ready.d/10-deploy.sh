#!/bin/bash
# Runs inside LocalStack when it is ready: deploys the very template that deploys to AWS, and puts the contracts in place.
set -euo pipefail

cd /opt/acequia/infra/sam
awslocal s3 mb s3://acequia-deployments
awslocal cloudformation package --template-file template.yaml --s3-bucket acequia-deployments \
  --output-template-file /tmp/acequia.yaml
# The functions were built for this machine, whose architecture the template does not know.
sed -i "s/- arm64/- $(uname -m | sed 's/aarch64/arm64/')/" /tmp/acequia.yaml
awslocal cloudformation deploy --template-file /tmp/acequia.yaml --stack-name acequia \
  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
  --parameter-overrides "DatabaseUrl=$ACEQUIA_DATABASE_URL"
awslocal s3 cp /opt/acequia/infra/contracts/ s3://acequia-contracts/ --recursive --exclude '*' --include '*.odcs.yaml'

touch /tmp/acequia-ready
echo "Acequia is deployed: upload to s3://acequia-raw/<data set>/"
